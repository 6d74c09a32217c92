/** Months of usage events: which are made ahead, and which may be retired. Pure. */
import { type MonthKey, monthKeyAt, nextMonth } from '@/lib/core/time'

/** Events live in months of UTC, whatever zone an account bills in. */
export const monthOf = (at: Date): MonthKey => monthKeyAt(at, 'UTC')

/** This month and the ones that follow it, `count` in all. */
export function monthsFrom(first: MonthKey, count: number): MonthKey[] {
  const months = [first]
  while (months.length < count) months.push(nextMonth(months[months.length - 1]!))
  return months
}

/** How many months are kept before one may be retired, when nothing else is asked for: a year to compare with, and a month. */
export const keptMonths = 13

/** The current month and two before it are never retired: usage is reported up to 90 days late, and repeats must be known. */
export const alwaysKeptMonths = 3

/** How many months before the month of `at` a month began; 0 for the month itself. */
export function ageInMonths(month: MonthKey, at: Date): number {
  const count = (key: MonthKey) => Number(key.slice(0, 4)) * 12 + Number(key.slice(5, 7))
  return count(monthOf(at)) - count(month)
}

export type PartitionState = 'ahead' | 'current' | 'kept' | 'may be retired'

export function stateOf(month: MonthKey, at: Date): PartitionState {
  const age = ageInMonths(month, at)
  if (age < 0) return 'ahead'
  if (age === 0) return 'current'
  return age >= keptMonths ? 'may be retired' : 'kept'
}

/**
 * The months to retire, oldest first, out of those that have a partition.
 * @throws Error that names the months that are too young and what to ask for instead; then none is retired.
 */
export function monthsToRetire(
  months: MonthKey[],
  { before, at, evenYounger }: { before: MonthKey; at: Date; evenYounger: boolean },
): MonthKey[] {
  const wanted = months.filter((month) => month < before).sort()
  const kept = evenYounger ? alwaysKeptMonths : keptMonths
  const young = wanted.filter((month) => ageInMonths(month, at) < kept)
  if (young.length === 0) return wanted
  throw new Error(
    evenYounger
      ? `${young.join(', ')} cannot be retired: usage is reported up to 90 days late, so the current month and the two before it stay. Use --before ${young[0]} or an earlier month.`
      : `${young.join(', ')} cannot be retired: a month is kept for ${keptMonths} months. Use --before ${young[0]} or an earlier month, or add --even-younger.`,
  )
}

/** What the events of a month add up to. Exact: an archive is held against it. */
export interface EventSums {
  events: bigint
  inputTokens: bigint
  cachedInputTokens: bigint
  outputTokens: bigint
  amount: bigint
  beyondAmount: bigint
}

export const noEvents: EventSums = {
  events: 0n,
  inputTokens: 0n,
  cachedInputTokens: 0n,
  outputTokens: 0n,
  amount: 0n,
  beyondAmount: 0n,
}

/** The first figure in which two sums differ, as words; null when they are equal. */
export function difference(expected: EventSums, found: EventSums): string | null {
  const name = (Object.keys(expected) as (keyof EventSums)[]).find((key) => expected[key] !== found[key])
  return name ? `${name}: ${expected[name]} expected, ${found[name]} found` : null
}
