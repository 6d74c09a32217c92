/**
 * How long credit lasts and what the month will cost, as ranges. Pure: no random numbers, no floats; money in nanos. The method and
 * its limits: docs/forecast.md.
 */
import { addDays, type DayKey, daysBetween } from '@/lib/core/time'

/** What usage cost on a day of the billing time zone. */
export interface DayOfUsage {
  day: DayKey
  nanos: bigint
}

/** The full days that a forecast is made from: two of each weekday. */
export const basisDays = 14
/** Fewer days of history, or fewer days with usage among them, say too little. */
export const fewestDays = 7
export const fewestDaysWithUsage = 5
/** Nobody knows what comes after a year. */
export const farthestDays = 365
/** How many days of usage the back-test looks at besides the basis of its forecasts. */
export const historyDays = 120

/** A part of a day, in millionths: the whole of it. */
export const wholeDay = 1_000_000n

/** What usage costs a day, and how much that varies. The variance of a day is `varianceNumerator` / `varianceDenominator`. */
export interface Pace {
  kind: 'known'
  days: number
  daysWithUsage: number
  /** The sum of the days. */
  total: bigint
  varianceNumerator: bigint
  varianceDenominator: bigint
  /** What is expected of the day so many days after the last one of the basis; 1 is the next. */
  expected: (daysAfter: number) => bigint
}

/** no_usage: none in the 14 days before today. too_little: some, but too few days to tell a pace from. */
export type NoPace = { kind: 'no_usage' } | { kind: 'too_little'; daysWithUsage: number }

/** Every day between two, with zero for those that are missing. */
export function everyDay(rows: DayOfUsage[], from: DayKey, to: DayKey): DayOfUsage[] {
  const known = new Map(rows.map(({ day, nanos }) => [day, nanos]))
  const count = Math.max(0, daysBetween(from, to) + 1)
  return Array.from({ length: count }, (_, index) => addDays(from, index)).map((day) => ({
    day,
    nanos: known.get(day) ?? 0n,
  }))
}

/** The days from the first one with usage on: before it there was no customer to learn from. */
export function sinceFirstUse<Day extends { nanos: bigint }>(days: Day[]): Day[] {
  const first = days.findIndex(({ nanos }) => nanos > 0n)
  return first < 0 ? [] : days.slice(first)
}

/**
 * The pace of the last 14 of some full days in a row, oldest first. With all 14, each weekday has its own mean of two, and the
 * variance is what the two differ by; with fewer there is one mean for all.
 */
export function paceOf(days: DayOfUsage[]): Pace | NoPace {
  const basis = days.slice(-basisDays).map(({ nanos }) => nanos)
  const daysWithUsage = basis.filter((nanos) => nanos > 0n).length
  if (daysWithUsage === 0) return { kind: 'no_usage' }
  if (basis.length < fewestDays || daysWithUsage < fewestDaysWithUsage) return { kind: 'too_little', daysWithUsage }
  const total = basis.reduce((sum, nanos) => sum + nanos, 0n)
  const facts = { kind: 'known' as const, days: basis.length, daysWithUsage, total }
  if (basis.length === basisDays) {
    const pairs = basis.slice(0, 7).map((nanos, weekday) => [nanos, basis[weekday + 7]!] as const)
    return {
      ...facts,
      // Two values differ from their mean by half of what they differ from each other; seven means were taken from fourteen values.
      varianceNumerator: pairs.reduce((sum, [a, b]) => sum + (a - b) * (a - b), 0n),
      varianceDenominator: 14n,
      expected: (daysAfter) => {
        const [a, b] = pairs[(daysAfter - 1) % 7]!
        return (a + b) / 2n
      },
    }
  }
  const count = BigInt(basis.length)
  return {
    ...facts,
    varianceNumerator: basis.reduce((sum, nanos) => sum + (count * nanos - total) ** 2n, 0n),
    varianceDenominator: count * count * (count - 1n),
    expected: () => total / count,
  }
}

/** What usage comes to: it is as likely to be below `low` as above `high`, one in ten each. */
export interface Range {
  low: bigint
  middle: bigint
  high: bigint
}

const nothing: Range = { low: 0n, middle: 0n, high: 0n }

/** The square of 1.2816, in ten thousandths: nine in ten of a normal distribution lie below that many deviations. */
const ninetiethPercentileSquared = 16_424n

/**
 * What usage comes to from now to the end of each of the next days, the first of which has `firstPart` millionths left. The spread
 * of a sum of h days is that of the days (h) and that of the mean they are told from (h squared by the days it was taken from).
 */
export function* expectedSums(pace: Pace, firstPart: bigint = wholeDay): Generator<Range> {
  const basis = BigInt(pace.days)
  let middle = 0n
  let low = 0n
  for (let after = 0; ; after++) {
    const part = after === 0 ? firstPart : wholeDay
    middle += (pace.expected(after + 1) * part) / wholeDay
    const length = firstPart + BigInt(after) * wholeDay
    const spread = squareRoot(
      (ninetiethPercentileSquared * pace.varianceNumerator * length * (basis * wholeDay + length)) /
        (10_000n * pace.varianceDenominator * basis * wholeDay * wholeDay),
    )
    // What is used is used: the sum of more days is never less.
    if (middle - spread > low) low = middle - spread
    yield { low, middle, high: middle + spread }
  }
}

/** What usage comes to over so many days. */
export function expectedOver(pace: Pace, days: number, firstPart: bigint = wholeDay): Range {
  let last = nothing
  if (days <= 0) return last
  let count = 0
  for (const range of expectedSums(pace, firstPart)) {
    last = range
    if (++count === days) break
  }
  return last
}

/** The whole root of a number that is not negative, rounded down. */
export function squareRoot(value: bigint): bigint {
  if (value < 2n) return value
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

/** Credit that burns together: what is left of a grant, and the last day on which it can be used. */
export interface Lot {
  nanos: bigint
  lastDay: DayKey | null
}

/** What usage of a post-paid account may burn: its credit first, then what the debt leaves of its credit limit. */
export function lotsWithLimit(credit: Lot[], balance: bigint, creditLimit: bigint): Lot[] {
  const beyondCredit = balance + creditLimit - sumOf(credit)
  return beyondCredit > 0n ? [...credit, { nanos: beyondCredit, lastDay: null }] : credit
}

/** The day on which credit is used up: between two, or from the first on; `to` and `middle` are null beyond a year. */
export interface RunsOut {
  kind: 'range'
  from: DayKey
  middle: DayKey | null
  to: DayKey | null
  /** What of the credit expires before it is used, at the pace in the middle. */
  expiring: bigint
}

export type RunsOutForecast = RunsOut | { kind: 'used_up' } | { kind: 'beyond' } | NoPace

/** What a forecast begins with. */
export interface Present {
  /** Today in the billing time zone. */
  today: DayKey
  /** How much of today is still to come, in millionths. Usage of today up to now has left the balance already. */
  restOfToday: bigint
}

/**
 * When credit is used up: lots in burn order, of which open holds have `held` set aside, burn at the pace. What expires before it
 * is used does not help; what might be bought does not count.
 */
export function runsOut(lots: Lot[], held: bigint, pace: Pace | NoPace, present: Present): RunsOutForecast {
  const { left } = burnLots(lots, held)
  if (sumOf(left) <= 0n) return { kind: 'used_up' }
  if (pace.kind !== 'known') return pace
  const from = dayOfEnd(left, pace, present, 'high').day
  if (from === null) return { kind: 'beyond' }
  const { day: middle, expired: expiring } = dayOfEnd(left, pace, present, 'middle')
  return { kind: 'range', from, middle, to: dayOfEnd(left, pace, present, 'low').day, expiring }
}

const sumOf = (lots: Lot[]): bigint => lots.reduce((sum, { nanos }) => sum + nanos, 0n)

function burnLots(lots: Lot[], amount: bigint): { left: Lot[]; uncovered: bigint } {
  let uncovered = amount
  const left = lots.map((lot) => {
    const taken = lot.nanos < uncovered ? lot.nanos : uncovered
    uncovered -= taken
    return { ...lot, nanos: lot.nanos - taken }
  })
  return { left: left.filter(({ nanos }) => nanos > 0n), uncovered }
}

function dayOfEnd(lots: Lot[], pace: Pace, { today, restOfToday }: Present, path: keyof Range) {
  let left = lots
  let before = 0n
  let after = 0
  let expired = 0n
  for (const range of expectedSums(pace, restOfToday)) {
    const day = addDays(today, after)
    const burnt = burnLots(left, range[path] - before)
    before = range[path]
    left = burnt.left.filter(({ lastDay }) => lastDay === null || lastDay > day)
    expired += sumOf(burnt.left) - sumOf(left)
    if (left.length === 0) return { day, expired }
    if (++after > farthestDays) break
  }
  return { day: null, expired }
}

/** The month against its cap. `capReached`: the days between which usage would reach it; null when it would not. */
export interface MonthForecast {
  expected: Range
  capReached: { from: DayKey; to: DayKey | null } | null
}

/** What the month will come to at its end, and when it reaches the cap. Null once it is reached, and without a pace. */
export function monthForecast(
  { spent, cap, lastDay }: { spent: bigint; cap: bigint | null; lastDay: DayKey },
  pace: Pace | NoPace,
  { today, restOfToday }: Present,
): MonthForecast | null {
  if (pace.kind !== 'known' || (cap !== null && spent >= cap)) return null
  const days = daysBetween(today, lastDay) + 1
  let expected = nothing
  let from: DayKey | null = null
  let to: DayKey | null = null
  let after = 0
  for (const range of expectedSums(pace, restOfToday)) {
    if (after >= days) break
    expected = range
    const day = addDays(today, after++)
    if (cap === null) continue
    if (from === null && spent + range.high >= cap) from = day
    if (to === null && spent + range.low >= cap) to = day
  }
  return {
    expected: { low: spent + expected.low, middle: spent + expected.middle, high: spent + expected.high },
    capReached: from === null ? null : { from, to },
  }
}

/** How forecasts of the past compare with what came. */
export interface BackTest {
  /** How many forecasts were compared. */
  forecasts: number
  /** The error in the middle: half of the forecasts were off by less, in percent of what came. */
  errorPercent: number
  /** How many of a hundred had what came within their range. */
  insidePercent: number
}

/** How many of a hundred are meant to: one in ten comes below its range, and one in ten above. */
export const meantInsidePercent = 80

export const testedDaysAhead = 7
const testedForecasts = 30
const fewestForecasts = 7
/** Where nothing came, any forecast is off by more than can be said in percent. */
const largestError = 999

/**
 * Forecasts the next seven days as of each of the last days for which they are over, from what was known then. Null when there are
 * too few such days to say anything.
 * @param days full days in a row, oldest first.
 */
export function backTest(days: DayOfUsage[]): BackTest | null {
  const results: Compared[] = []
  const lastOrigin = days.length - testedDaysAhead
  for (let origin = Math.max(0, lastOrigin - testedForecasts + 1); origin <= lastOrigin; origin++) {
    const pace = paceOf(sinceFirstUse(days.slice(0, origin)))
    if (pace.kind !== 'known') continue
    const came = sumDays(days.slice(origin, origin + testedDaysAhead))
    results.push(compared(expectedOver(pace, testedDaysAhead), came))
  }
  return results.length < fewestForecasts ? null : summary(results)
}

/**
 * Forecasts the cost of each past month as of the same day of the month as today. Null when no whole month can be told.
 * @param days full days in a row, oldest first.
 */
export function backTestMonths(days: DayOfUsage[], today: DayKey): BackTest | null {
  const results: Compared[] = []
  const months = [...new Set(days.map(({ day }) => day.slice(0, 7)))].filter((month) => month < today.slice(0, 7))
  for (const month of months) {
    const first = days.findIndex(({ day }) => day === `${month}-01`)
    const origin = days.findIndex(({ day }) => day === `${month}-${today.slice(8)}`)
    const end = days.findIndex(({ day }) => day > month && !day.startsWith(month))
    if (first < 0 || origin < 0) continue
    const pace = paceOf(sinceFirstUse(days.slice(0, origin)))
    if (pace.kind !== 'known') continue
    const rest = days.slice(origin, end < 0 ? days.length : end)
    const spent = sumDays(days.slice(first, origin))
    const { low, middle, high } = expectedOver(pace, rest.length)
    results.push(compared({ low: spent + low, middle: spent + middle, high: spent + high }, spent + sumDays(rest)))
  }
  return results.length === 0 ? null : summary(results)
}

const sumDays = (days: DayOfUsage[]): bigint => days.reduce((sum, { nanos }) => sum + nanos, 0n)

interface Compared {
  errorPercent: number
  isInside: boolean
}

function compared({ low, middle, high }: Range, came: bigint): Compared {
  const off = middle > came ? middle - came : came - middle
  const percent = came === 0n ? (off === 0n ? 0 : largestError) : Number((off * 100n + came / 2n) / came)
  return { errorPercent: Math.min(percent, largestError), isInside: low <= came && came <= high }
}

function summary(results: Compared[]): BackTest {
  const errors = results.map(({ errorPercent }) => errorPercent).sort((a, b) => a - b)
  const inside = results.filter(({ isInside }) => isInside).length
  return {
    forecasts: results.length,
    errorPercent: errors[Math.floor((errors.length - 1) / 2)]!,
    insidePercent: Math.round((inside * 100) / results.length),
  }
}
