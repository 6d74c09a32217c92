/** Billing months and budgets: when a period ends, what is left of a limit, when to warn. Pure. */
import { add, atLeastZero, type Money, subtract } from '@/lib/core/money'
import { type MonthKey, monthEnd, monthKeyAt, monthStart, nextMonth } from '@/lib/core/time'

/** A billing month. Its bounds are fixed when it begins, so that a change of time zone never moves a month in progress. */
export interface Period {
  period: MonthKey
  startsAt: Date
  endsAt: Date
  timeZone: string
}

/** The month that contains the instant, for an account that has none yet. */
export function firstPeriod(at: Date, timeZone: string): Period {
  const period = monthKeyAt(at, timeZone)
  return { period, startsAt: monthStart(period, timeZone), endsAt: monthEnd(period, timeZone), timeZone }
}

/**
 * The period of an instant: the current one until it ends, then the month that follows in the zone now wanted (PRODUCT
 * "Monthly budget cap": a change of zone takes effect next month). A clock that steps back never reopens a month.
 */
export function periodAt(current: Period, at: Date, timeZone: string): Period {
  let period = current
  while (period.endsAt <= at) {
    const next = nextMonth(period.period)
    period = { period: next, startsAt: period.endsAt, endsAt: monthEnd(next, timeZone), timeZone }
  }
  return period
}

/** What may still be promised in this period: the limit without what is spent and what open holds may yet spend. */
export function leftOfLimit(limit: Money, spent: Money, held: Money): Money {
  return atLeastZero(subtract(limit, add(spent, held)))
}

/** How much of the limit is spent, in whole percent, rounded down. A limit of zero is always reached. */
export function percentSpent(limit: Money, spent: Money): number {
  if (limit.nanos === 0n) return 100
  return Number((spent.nanos * 100n) / limit.nanos)
}

/**
 * Which warning is due: the highest threshold reached, if it is above the one already warned of. Falling back below a
 * threshold re-arms it. 100 % is always a threshold.
 */
export function assessWarning(
  percent: number,
  thresholds: number[],
  warnedPercent: number,
): { warnedPercent: number; isNew: boolean } {
  const reached = Math.max(0, ...[...thresholds, 100].filter((threshold) => threshold <= percent))
  return { warnedPercent: reached, isNew: reached > warnedPercent }
}
