import type { Actor } from '@/lib/core/actor'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction } from '@/lib/edges/db'
import { requireRole } from '../members'
import { claimTopUp } from './claim'
import { learnOutcome } from './learn-outcome'
import { recordOutcome } from './record-outcome'
import { continueRecovery } from './recovery'
import type { SkipReason } from './rules'
import type { AttemptState } from './store'

/** What a run came to. busy: another run has the account's attempt in its hands. */
export type TopUpRun =
  | { kind: 'skipped'; because: SkipReason }
  | { kind: 'busy' }
  | { kind: 'ran'; attemptId: string; state: AttemptState }

/**
 * Carries the account's open attempt on, or decides on fresh facts whether there is to be one, and charges the saved card.
 * May run at any time, any number of times, in parallel, and after a crash anywhere: each attempt charges once at most.
 */
export async function runAutoTopUp(actor: Actor, { accountId }: { accountId: string }): Promise<TopUpRun> {
  await requireRole(actor, accountId, 'billing:write')
  const at = await now()
  const claim = await inTransaction((tx) => claimTopUp(tx, accountId, at))
  if (claim.kind !== 'claimed') return claim

  const { attempt, setting } = claim
  if (attempt.state === 'requires_action') {
    return { kind: 'ran', attemptId: attempt.attemptId, state: await continueRecovery(attempt, claim) }
  }
  crashPoint('top-up:before-charge')
  const outcome = await learnOutcome(attempt, { mayCharge: setting.isOn, at })
  crashPoint('top-up:after-charge')
  const closed = await recordOutcome(attempt, outcome)
  crashPoint('top-up:after-record')
  if (closed.state !== 'requires_action') return { kind: 'ran', attemptId: attempt.attemptId, state: closed.state }
  return { kind: 'ran', attemptId: attempt.attemptId, state: await continueRecovery(closed, { isSuperseded: false }) }
}
