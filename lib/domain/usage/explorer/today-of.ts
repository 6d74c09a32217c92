import type { Actor } from '@/lib/core/actor'
import { dayKeyAt } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { billingZone } from '../../budgets'
import { requireRole } from '../../members'

/** Today in the account's billing time zone. @throws Refusal `not_found` */
export async function todayOf(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<{ today: string; timeZone: string }> {
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const timeZone = await billingZone(pool(), accountId, at)
  return { today: dayKeyAt(at, timeZone), timeZone }
}
