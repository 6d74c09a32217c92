import type { Actor } from '@/lib/core/actor'
import { formatMoney, money, sum } from '@/lib/core/money'
import { dayKeyAt, dayMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { getMonth } from '../budgets'
import { requireRole } from '../members'
import { largestPurchase, smallestPurchase } from '../purchases/rules'
import { checkPlan, type PlanInput } from './check-plan'
import { replayUsage } from './replay-usage'
import { readDaysOfUsage } from './store'

export interface TopUpPreviewDto {
  days: number
  /** What usage cost on these days. */
  usage: string
  purchases: { day: string; amount: string }[]
  total: string
  /** Whether credit would have run out although auto top-up was on: a limit stood in the way. */
  wouldHavePaused: boolean
}

const previewDays = 30

/**
 * What a plan would have bought over the last 30 days of the account's own usage, had credit stood at the minimum when they
 * began. Nothing is saved. @throws Refusal `invalid_amount`, `amount_too_small`, `amount_too_large` naming the field.
 */
export async function previewAutoTopUp(
  actor: Actor,
  input: { accountId: string } & PlanInput,
): Promise<TopUpPreviewDto> {
  const { accountId } = input
  await requireRole(actor, accountId, 'account:read')
  const bounds = { smallestPurchase, largestPurchase: largestPurchase(env().LARGEST_PURCHASE_USD) }
  const plan = checkPlan(input, bounds.largestPurchase)
  const at = await now()
  const { timeZone } = await getMonth(actor, { accountId })
  const rows = await readDaysOfUsage(pool(), {
    accountId,
    from: dayKeyAt(new Date(at.getTime() - (previewDays - 1) * dayMs), timeZone),
    to: dayKeyAt(at, timeZone),
  })
  const { currency } = plan.minimum
  const days = rows.map(({ day, nanos }) => ({ day, used: money(nanos, currency) }))
  const { purchases, wouldHavePaused } = replayUsage(plan, days, bounds)
  return {
    days: previewDays,
    usage: formatMoney(
      sum(
        days.map(({ used }) => used),
        currency,
      ),
    ),
    purchases: purchases.map(({ day, amount }) => ({ day, amount: formatMoney(amount) })),
    total: formatMoney(
      sum(
        purchases.map(({ amount }) => amount),
        currency,
      ),
    ),
    wouldHavePaused,
  }
}
