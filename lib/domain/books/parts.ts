/** How a check is cut into parts that take seconds each, so that the books of years can be read with progress to see. */

/** How much there is to read: into how many shares each table is cut. */
export interface Extent {
  /** Months (first days, "2026-11-01") that have a partition of usage events, oldest first. */
  months: { month: string; shares: number }[]
  /** Months whose events were exported and dropped. */
  retired: string[]
  /** Of all months together. */
  eventShares: number
  transferShares: number
  drawShares: number
  holdShares: number
}

/** About this much of a table is worked on at once: it bounds the memory and the time of a part. */
export const usualBytesPerShare = 256 * 1024 * 1024

/** The condition that picks one share of the rows, by a whole number computed of each row. */
export type Share = (key: string) => string

/** The query of each share of the rows. */
export const inShares = (shares: number, sqlOf: (share: Share) => string): string[] =>
  Array.from({ length: shares }, (_, place) =>
    sqlOf((key) => (shares === 1 ? 'true' : `((${key}) & 2147483647) % ${shares} = ${place}`)),
  )

/** The queries of every month that still has its events, large months in shares. */
export function inMonths({ months }: Extent, sqlOf: (month: string, share: Share) => string): string[] {
  return months.flatMap(({ month, shares }) => inShares(shares, (share) => sqlOf(month, share)))
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
