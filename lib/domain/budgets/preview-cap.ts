import type { Actor } from '@/lib/core/actor'
import { compare, formatMoney, parseMoney } from '@/lib/core/money'
import { previousMonth } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { requireRole } from '../members'
import { turned } from './spend'
import { readMonthlyBudget, readSpentIn } from './store'

/** What a cap would have meant for last month's usage. `lastMonthSpent` is null when the account had no month before this one. */
export async function previewCap(
  actor: Actor,
  { accountId, limit }: { accountId: string; limit: string },
): Promise<{ lastMonth: string; lastMonthSpent: string | null; wouldHavePaused: boolean }> {
  await requireRole(actor, accountId, 'account:read')
  const cap = parseMoney(limit, 'limit')
  const budget = turned(await readMonthlyBudget(pool(), accountId), await now())
  const lastMonth = previousMonth(budget.period)
  const spent = await readSpentIn(pool(), accountId, lastMonth, cap.currency)
  return {
    lastMonth,
    lastMonthSpent: spent && formatMoney(spent),
    wouldHavePaused: spent !== null && compare(spent, cap) >= 0,
  }
}
