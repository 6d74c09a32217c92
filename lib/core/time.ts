/** Billing months, days and zones. Pure: the instant and the zone are parameters. */
import { Temporal } from 'temporal-polyfill'

export { dayMs, hourMs, minuteMs, secondMs } from './durations'

/** A month as people write it: "2026-11". */
export type MonthKey = string

const at = (instant: Date, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone)

/** The calendar month that contains the instant in the zone. */
export const monthKeyAt = (instant: Date, zone: string): MonthKey =>
  at(instant, zone).toPlainDate().toPlainYearMonth().toString()

/** The calendar day "2026-11-21" that contains the instant in the zone. */
export const dayKeyAt = (instant: Date, zone: string): string => at(instant, zone).toPlainDate().toString()

const currentDays = new Map<string, { key: string; fromMs: number; toMs: number }>()

/** The same, for many instants of the same day: it is worked out once. */
export function dayKeyOf(instant: Date, zone: string): string {
  const ms = instant.getTime()
  const known = currentDays.get(zone)
  if (known && known.fromMs <= ms && ms < known.toMs) return known.key
  const day = at(instant, zone).toPlainDate()
  const bounds = [day, day.add({ days: 1 })].map((date) => new Date(date.toZonedDateTime(zone).epochMilliseconds))
  currentDays.set(zone, { key: day.toString(), fromMs: bounds[0]!.getTime(), toMs: bounds[1]!.getTime() })
  return day.toString()
}

/** The first instant of a month in a zone: the first moment that exists on its first day, also where midnight is skipped. */
export function monthStart(month: MonthKey, zone: string): Date {
  const day = Temporal.PlainYearMonth.from(month).toPlainDate({ day: 1 })
  return new Date(day.toZonedDateTime(zone).epochMilliseconds)
}

export const nextMonth = (month: MonthKey): MonthKey =>
  Temporal.PlainYearMonth.from(month).add({ months: 1 }).toString()

export const previousMonth = (month: MonthKey): MonthKey =>
  Temporal.PlainYearMonth.from(month).subtract({ months: 1 }).toString()

/** The first instant after a month in a zone. */
export const monthEnd = (month: MonthKey, zone: string): Date => monthStart(nextMonth(month), zone)

/** A calendar day as people write it: "2026-12-31". */
export type DayKey = string

const dayPattern = /^\d{4}-\d{2}-\d{2}$/

/** Whether the text is a day of the calendar: "2028-02-29" is, "2027-02-29" is not. */
export function isDay(text: string): boolean {
  if (!dayPattern.test(text)) return false
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' })
    return true
  } catch {
    return false
  }
}

/**
 * The first instant after a day in a zone: what is usable through the end of the day is no longer usable then. It is the first
 * moment that exists on the next day, also where midnight or the whole day is skipped.
 */
export const dayEnd = (day: DayKey, zone: string): Date =>
  new Date(Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds)

/** The first instant of a day in a zone: the first moment that exists on it, also where midnight is skipped. */
export const dayStart = (day: DayKey, zone: string): Date =>
  new Date(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds)

/** The ISO week that contains a day: "2026-W47". The days around New Year may belong to the neighbouring year. */
export function weekOf(day: DayKey): string {
  const { yearOfWeek, weekOfYear } = Temporal.PlainDate.from(day)
  return `${yearOfWeek}-W${String(weekOfYear).padStart(2, '0')}`
}

/** The Monday with which an ISO week begins. January 4 is always in the first one. */
export function weekFirstDay(week: string): DayKey {
  const [year, number] = week.split('-W')
  const first = Temporal.PlainDate.from(`${year}-01-04`)
  return first.add({ days: 7 * (Number(number) - 1) + 1 - first.dayOfWeek }).toString()
}

export const addDays = (day: DayKey, days: number): DayKey => Temporal.PlainDate.from(day).add({ days }).toString()

/** The same day some months later, or the last day of that month where it is shorter. */
export const addMonths = (day: DayKey, months: number): DayKey =>
  Temporal.PlainDate.from(day).add({ months }).toString()

/** How many days lie from one day to another; negative when the other is earlier. */
export const daysBetween = (from: DayKey, to: DayKey): number =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to), { largestUnit: 'days' }).days

/** Whether the runtime knows the zone, e.g. "Europe/Paris". */
export function isTimeZone(zone: string): boolean {
  try {
    Temporal.Now.zonedDateTimeISO(zone)
    return /^(UTC|[A-Za-z]+(?:\/[A-Za-z0-9_+-]+)+)$/.test(zone)
  } catch {
    return false
  }
}

/**
 * The instant of a wall-clock time "2026-11-21T14:30" in a zone (of a time that is skipped, the one as long after; of one that comes
 * twice, the first), or of an instant that names its offset, "2026-11-21T14:30:00Z". Null for anything else.
 */
export function instantOf(text: string, zone: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null
  try {
    const isAbsolute = /(?:Z|[+-]\d{2}:\d{2})$/.test(text)
    const ms = isAbsolute
      ? Temporal.Instant.from(text).epochMilliseconds
      : Temporal.PlainDateTime.from(text, { overflow: 'reject' }).toZonedDateTime(zone).epochMilliseconds
    return new Date(ms)
  } catch {
    return null
  }
}
