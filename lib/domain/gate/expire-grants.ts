import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { pool } from '@/lib/edges/db'
import { closeExpiredGrants, findAccountsWithExpiredCredit } from '../grants'
import { inLane } from './lanes'

const accountsPerSweep = 5000

/**
 * Expires the credit whose time is over. The next request of the account would do the same; this is for accounts that send none.
 * Run every minute. Returns how many grants gave something up. @throws Refusal `not_allowed`
 */
export async function expireGrants(actor: Actor): Promise<{ expired: number }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Credit expires by the worker alone.' })
  const at = await now()
  const accountIds = await findAccountsWithExpiredCredit(pool(), at, accountsPerSweep)
  // A desk expires what is due before it decides anything.
  const counts = await Promise.all(
    accountIds.map((accountId) => inLane({ accountId, decide: (desk) => desk.expiredCredit })),
  )
  crashPoint('expiry:after-commit')
  await closeExpiredGrants(at)
  return { expired: counts.reduce((total, count) => total + count, 0) }
}
