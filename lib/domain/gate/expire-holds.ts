import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { findAccountsWithOverdueHolds } from '../holds'
import { inLane } from './lanes'

const accountsPerSweep = 5000

/**
 * Closes the holds whose time is over: each is charged for the usage that it last reported, and the rest is free. The next
 * request of the account would do the same; this is for accounts that send none. Run every minute.
 */
export async function expireHolds(actor: Actor): Promise<{ expired: number }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Holds expire by the worker alone.' })
  const accountIds = await findAccountsWithOverdueHolds(pool(), await now(), accountsPerSweep)
  // A desk settles what is overdue before it decides anything.
  const counts = await Promise.all(accountIds.map((accountId) => inLane({ accountId, decide: (desk) => desk.expired })))
  return { expired: counts.reduce((total, count) => total + count, 0) }
}
