import { type Actor, system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney } from '@/lib/core/money'
import { dayKeyAt, dayMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool, type Tx } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { readHouse } from './house-limits'
import { deservedTier, measuredFor, type ReachedTier } from './rules'
import { findClimbing, readTier, saveTier } from './store'

/**
 * Notes the tier that an account deserves by now, in the transaction that brought it there. A tier is active at once and never falls,
 * so a repeat changes nothing. Returns the tier when it is new.
 */
export async function recordTierIn(
  tx: Tx,
  { accountId, at }: { accountId: string; at: Date },
): Promise<ReachedTier | null> {
  const house = await readHouse(tx)
  const facts = await readTier(tx, accountId, at)
  const { tier, because } = deservedTier(facts, house)
  if (because === null || tier <= facts.tier || !(await saveTier(tx, { accountId, tier, because, at }))) return null
  await recordAudit(tx, {
    accountId,
    actor: system('tiers'),
    action: 'tier.reached',
    before: { tier: facts.tier },
    after: { tier, because, measured: formatMoney(measuredFor(facts)) },
    at,
  })
  return tier
}

const accountsPerRead = 500

/** Notes tiers that usage alone has reached, or that a change of the ladder brought. What is bought is noted when it is paid. */
export async function sweepTiers(actor: Actor): Promise<{ risen: number }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Tiers are noted by the worker alone.' })
  const at = await now()
  const day = dayKeyAt(new Date(at.getTime() - 2 * dayMs), 'UTC')
  let risen = 0
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const accountIds = await findClimbing(pool(), day, after, accountsPerRead)
    for (const accountId of accountIds) {
      if ((await inTransaction((tx) => recordTierIn(tx, { accountId, at }))) !== null) risen += 1
    }
    if (accountIds.length < accountsPerRead) return { risen }
    after = accountIds.at(-1)!
  }
}
