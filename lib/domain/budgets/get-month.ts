import type { Actor } from '@/lib/core/actor'
import { formatMoney, percentSpent } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { readBalance } from '../ledger'
import { requireRole } from '../members'
import { turned } from './spend'
import { readMonthlyBudget } from './store'

export interface MonthDto {
  /** "2026-11" */
  period: string
  startsAt: string
  endsAt: string
  timeZone: string
  spent: string
  held: string
  /** The monthly budget cap; null when there is none. */
  limit: string | null
  warnAtPercent: number[]
  /** Whole percent of the cap that is spent; null without a cap. */
  percent: number | null
}

/** The account's billing month: what usage has cost so far, and the cap. */
export async function getMonth(actor: Actor, { accountId }: { accountId: string }): Promise<MonthDto> {
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const [latest, { held }] = await Promise.all([readMonthlyBudget(pool(), accountId), readBalance(pool(), accountId)])
  const budget = turned(latest, at)
  return {
    period: budget.period,
    startsAt: budget.startsAt.toISOString(),
    endsAt: budget.endsAt.toISOString(),
    timeZone: budget.timeZone,
    spent: formatMoney(budget.spent),
    held: formatMoney(held),
    limit: budget.limit && formatMoney(budget.limit),
    warnAtPercent: budget.warnAtPercent,
    percent: budget.limit && percentSpent(budget.limit, budget.spent),
  }
}
