/** How a check is cut into parts that take seconds each, so that the books of years can be read with progress to see. */

/** How much there is to read. */
export interface Extent {
  /** Months (first days, "2026-11-01") that have a partition of usage events, oldest first. */
  months: { month: string; bytes: number }[]
  /** Months whose events were exported and dropped. */
  retired: string[]
  /** All partitions of usage events together. */
  eventBytes: number
  transferBytes: number
  drawBytes: number
  holdBytes: number
}

/** The condition that picks one share of the rows, by a whole number computed of each row. */
export type Share = (key: string) => string

/** About this much of a table is worked on at once: it bounds the memory and the time of a part. */
const bytesPerPart = 40 * 1024 * 1024

/** Cuts the rows of a table of `bytes` into shares, and asks for the query of each. */
export function inShares(bytes: number, sqlOf: (share: Share) => string): string[] {
  const shares = Math.max(1, Math.ceil(bytes / bytesPerPart))
  return Array.from({ length: shares }, (_, place) =>
    sqlOf((key) => (shares === 1 ? 'true' : `((${key}) & 2147483647) % ${shares} = ${place}`)),
  )
}

/** The queries of every month that still has its events, large months in shares. */
export function inMonths({ months }: Extent, sqlOf: (month: string, share: Share) => string): string[] {
  return months.flatMap(({ month, bytes }) => inShares(bytes, (share) => sqlOf(month, share)))
}

/** The first day of the month `count` months later. */
export function monthsLater(month: string, count: number): string {
  const day = new Date(`${month}T00:00:00Z`)
  day.setUTCMonth(day.getUTCMonth() + count)
  return day.toISOString().slice(0, 10)
}

/** Every month of which something is known, live or retired, oldest first. */
export const knownMonths = ({ months, retired }: Extent): string[] =>
  [...new Set([...retired, ...months.map(({ month }) => month)])].sort()

/** SQL: the instant at which a UTC day begins. */
export const instant = (day: string): string => `timestamptz '${day} 00:00:00Z'`

/** SQL: a list of days to compare with; never empty. */
export const dayList = (days: string[]): string =>
  days.length > 0 ? days.map((day) => `date '${day}'`).join(', ') : 'null::date'
