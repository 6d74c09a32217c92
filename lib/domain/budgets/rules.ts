/** Budgets: when a period ends, what is left of a limit, when to warn. Pure. */
import { add, atLeastZero, type Money, subtract } from '@/lib/core/money'
import { addDays, addMonths, type DayKey, dayKeyAt, dayStart, weekFirstDay, weekOf } from '@/lib/core/time'

/** Whose usage a budget limits. The usage of a key counts for the key and for the member it belongs to. */
export const budgetScopes = ['account', 'key', 'member'] as const
export type BudgetScope = (typeof budgetScopes)[number]
/** Whom a budget besides the account's own is for. */
export type SubjectScope = Exclude<BudgetScope, 'account'>

/** Days, ISO weeks and months of the account's billing time zone, or all time from the budget's beginning. */
export const budgetWindows = ['daily', 'weekly', 'monthly', 'lifetime'] as const
export type BudgetWindow = (typeof budgetWindows)[number]

/** A period of a budget. Its bounds are fixed when it begins, so that a change of time zone never moves one in progress. */
export interface Period {
  /** "2026-11-21", "2026-W47", "2026-11" or "lifetime" */
  period: string
  startsAt: Date
  /** The first instant after it. */
  endsAt: Date
  timeZone: string
}

/** When a lifetime ends: later than anything that happens. */
export const endOfTime = new Date('9999-12-31T00:00:00Z')

/** How a window cuts the calendar: the name of the period with a day, its first day, and the first day of the one after it. */
interface Calendar {
  of: (day: DayKey) => string
  firstDay: (period: string) => DayKey
  nextFirstDay: (firstDay: DayKey) => DayKey
}

const calendars: Record<Exclude<BudgetWindow, 'lifetime'>, Calendar> = {
  daily: { of: (day) => day, firstDay: (period) => period, nextFirstDay: (day) => addDays(day, 1) },
  weekly: { of: weekOf, firstDay: weekFirstDay, nextFirstDay: (day) => addDays(day, 7) },
  monthly: {
    of: (day) => day.slice(0, 7),
    firstDay: (period) => `${period}-01`,
    nextFirstDay: (day) => addMonths(day, 1),
  },
}

/** The period that contains the instant, for a budget that has none yet. A lifetime begins with the instant. */
export function firstPeriod(at: Date, timeZone: string, window: BudgetWindow = 'monthly'): Period {
  if (window === 'lifetime') return { period: 'lifetime', startsAt: at, endsAt: endOfTime, timeZone }
  const calendar = calendars[window]
  const named = calendarPeriod(calendar, calendar.of(dayKeyAt(at, timeZone)), timeZone)
  // Clocks that are put back over midnight show the last day again, after it has ended.
  return named.endsAt > at ? named : calendarPeriod(calendar, nextPeriod(calendar, named.period), timeZone)
}

/**
 * The period of an instant: the current one until it ends, then the one of the calendar in the zone now wanted, without a gap
 * after its neighbour (PRODUCT "Monthly budget cap": a change of zone takes effect next month). A clock that steps back never
 * reopens a period.
 */
export function periodAt(current: Period, at: Date, timeZone: string, window: BudgetWindow = 'monthly'): Period {
  if (window === 'lifetime' || at < current.endsAt) return current
  const calendar = calendars[window]
  const following = nextPeriod(calendar, current.period)
  const found = firstPeriod(at, timeZone, window)
  if (found.period > following) return { ...found, startsAt: later(found.startsAt, current.endsAt) }
  return { ...calendarPeriod(calendar, following, timeZone), startsAt: current.endsAt }
}

function calendarPeriod(calendar: Calendar, period: string, timeZone: string): Period {
  const firstDay = calendar.firstDay(period)
  return {
    period,
    startsAt: dayStart(firstDay, timeZone),
    endsAt: dayStart(calendar.nextFirstDay(firstDay), timeZone),
    timeZone,
  }
}

const nextPeriod = (calendar: Calendar, period: string): string =>
  calendar.of(calendar.nextFirstDay(calendar.firstDay(period)))

const later = (a: Date, b: Date): Date => (a > b ? a : b)

/** What may still be promised in this period: the limit without what is spent and what open holds may yet spend. */
export function leftOfLimit(limit: Money, spent: Money, held: Money): Money {
  return atLeastZero(subtract(limit, add(spent, held)))
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

/** A request for more: open until somebody decides, or the member takes it back. */
export type RequestState = 'open' | 'approved' | 'declined' | 'withdrawn'
