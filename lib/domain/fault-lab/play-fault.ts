import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { requireRole } from '../members'
import { readLabWorld } from './lab-world'
import { playBank } from './play-bank'
import { playCard } from './play-card'
import { playPayment } from './play-payment'
import { playStripe } from './play-stripe'
import { playTime, playUsage } from './play-time'
import { requireLab } from './require-lab'
import { blockOf, blockText, type Play } from './rules'
import type { Stage } from './stage'

/**
 * Plays one failure (or heals them all) for a member's own account, and says in one sentence what happened. Stripe's faults,
 * the way of its events and the clock are shared by everybody who uses the demo.
 * @throws Refusal `not_found` outside the sandbox; `conflict` saying what is needed first; what the verbs refuse that a play
 *   calls, for that is what it shows.
 */
export async function playFault(
  actor: Actor,
  { accountId, play }: { accountId: string; play: Play },
): Promise<{ sentence: string }> {
  requireLab()
  await requireRole(actor, accountId, 'billing:write')
  const at = await now()
  const world = await readLabWorld(accountId, at)
  const block = blockOf(play, world.facts)
  if (block) throw new Refusal('conflict', { message: blockText(block) })
  return { sentence: await run({ actor, accountId, at, world }, play) }
}

function run(stage: Stage, play: Play): Promise<string> {
  switch (play.kind) {
    case 'api':
    case 'events':
    case 'release':
    case 'event':
    case 'heal':
      return playStripe(stage, play)
    case 'card':
    case 'auto_top_up':
      return playCard(stage, play)
    case 'pay':
      return playPayment(stage, play)
    case 'debit':
    case 'refund':
    case 'refund_fails':
    case 'dispute':
      return playBank(stage, play)
    case 'time':
      return playTime(stage, play)
    case 'usage':
      return playUsage(stage, play)
  }
}
