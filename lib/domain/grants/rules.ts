/** Which credit burns first, how a charge is split over grants, when credit expires and who is warned of it. Pure. */
import { Refusal } from '@/lib/core/errors'
import {
  atLeastZero,
  cents,
  compare,
  displayMoney,
  isMore,
  isPositive,
  isZero,
  least,
  type Money,
  negate,
  parseMoney,
  subtract,
  wholeCents,
} from '@/lib/core/money'
import { addDays, addMonths, type DayKey, dayEnd, dayKeyAt, daysBetween, isDay } from '@/lib/core/time'

/** invoice_payment: what the payment of an invoice brought; it pays debt first, and is used up by that as a rule. */
export const grantSources = ['signup', 'purchase', 'auto_top_up', 'promotion', 'adjustment', 'invoice_payment'] as const
export type GrantSource = (typeof grantSources)[number]

/** Credit that somebody paid for; everything else was given. */
export const isPaidSource = (source: GrantSource): boolean =>
  source === 'purchase' || source === 'auto_top_up' || source === 'invoice_payment'

/** What burn order looks at. */
export interface Burnable {
  grantId: string
  source: GrantSource
  remaining: Money
  priority: number
  expiresAt: Date | null
  grantedAt: Date
}

/** Burn order (PRODUCT "Using credit" 1): lower priority number, then soonest expiry, then free before paid, then oldest. */
export function compareBurnOrder(a: Burnable, b: Burnable): number {
  return (
    a.priority - b.priority ||
    expiry(a) - expiry(b) ||
    Number(isPaidSource(a.source)) - Number(isPaidSource(b.source)) ||
    a.grantedAt.getTime() - b.grantedAt.getTime() ||
    (a.grantId < b.grantId ? -1 : 1)
  )
}

// Two grants that never expire must compare as equal: Infinity - Infinity would not.
const expiry = (grant: Burnable): number => grant.expiresAt?.getTime() ?? Number.MAX_SAFE_INTEGER

export interface Draw {
  grantId: string
  amount: Money
}

/**
 * Splits `amount` over the grants in burn order. What the grants do not cover is `uncovered`: the balance goes below zero
 * by it, and the next grant pays it first.
 */
export function burn(grants: Burnable[], amount: Money): { draws: Draw[]; uncovered: Money } {
  let left = amount
  const draws: Draw[] = []
  for (const grant of [...grants].sort(compareBurnOrder)) {
    if (isZero(left)) break
    const taken = least(left, grant.remaining)
    if (!isPositive(taken)) continue
    draws.push({ grantId: grant.grantId, amount: taken })
    left = subtract(left, taken)
  }
  return { draws, uncovered: left }
}

/** How much of a new grant of `amount` pays the debt of an account whose balance was `balance` before it. */
export function debtPaid(balance: Money, amount: Money): Money {
  const debt = atLeastZero(negate(balance))
  return compare(debt, amount) < 0 ? debt : amount
}

/**
 * What expires of the grants at an instant: what is left of those whose time is over, in burn order, but no more than `free`.
 * Credit that open holds stand on is not free: it is kept until they close, and expires then if it is not used.
 */
export function expiredOf(grants: Burnable[], at: Date, free: Money): Draw[] {
  const due = grants.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= at)
  return burn(due, atLeastZero(free)).draws
}

/** The last day on which a grant can be used: it expires at the end of it. */
export const lastDay = (expiresAt: Date, zone: string): DayKey => dayKeyAt(new Date(expiresAt.getTime() - 1), zone)

/** Days until the day in the zone on which a grant can no longer be used. */
export const daysLeft = (expiresAt: Date, at: Date, zone: string): number =>
  daysBetween(dayKeyAt(at, zone), dayKeyAt(expiresAt, zone))

/** The end of credit that is good for some days after the one on which it is given; null when it never expires. */
export const expiryAfterDays = (at: Date, days: number | undefined, zone: string): Date | null =>
  days === undefined ? null : dayEnd(addDays(dayKeyAt(at, zone), days), zone)

/** The end of credit that is good for some months, through the same day of the month (or the last, where it is shorter). */
export const expiryAfterMonths = (at: Date, months: number | undefined, zone: string): Date | null =>
  months === undefined ? null : dayEnd(addMonths(dayKeyAt(at, zone), months), zone)

const longestLifeDays = 3660

/**
 * Reads the last day on which credit can be used, and returns the instant after it in the zone.
 * @throws Refusal `invalid_request` naming the field for what is no day, for a day that is over or one that is years away.
 */
export function parseLastDay(text: string, field: string, at: Date, zone: string): Date {
  const today = dayKeyAt(at, zone)
  const refuse = (message: string) => new Refusal('invalid_request', { field, message })
  if (!isDay(text)) throw refuse(`${field} must be a day of the calendar such as "${addDays(today, 30)}".`)
  if (text < today) throw refuse(`${field} is over in ${zone}, where it is ${today}. Choose a day from today on.`)
  if (daysBetween(today, text) > longestLifeDays) {
    throw refuse(`${field} can be at most ${longestLifeDays} days away. Leave it out for credit that never expires.`)
  }
  return dayEnd(text, zone)
}

/** Days before its expiry on which the owner of a grant is told. */
export const warningDays = [30, 7, 1] as const
export type WarningDays = (typeof warningDays)[number]

/** The most urgent warning whose day has come: the smallest number that the days left do not exceed. */
const warningReached = (days: number): WarningDays | null =>
  warningDays.filter((threshold) => days <= threshold).at(-1) ?? null

/** What a warning looks at. */
export interface Warnable {
  remaining: Money
  expiresAt: Date | null
  grantedAt: Date
  /** The nearest warning that was dealt with: sent, or left out. */
  warnedDays: number | null
}

/**
 * Which warning of a grant's expiry has come and was not dealt with, by the calendar of the account's zone: of several at once
 * only the most urgent, and only while something is left. It is sent unless its day had come already when the grant was given.
 */
export function warningDue(
  { remaining, expiresAt, grantedAt, warnedDays }: Warnable,
  at: Date,
  zone: string,
): { days: WarningDays; isSent: boolean } | null {
  if (!expiresAt || expiresAt <= at || !isPositive(remaining)) return null
  const days = warningReached(daysLeft(expiresAt, at, zone))
  if (days === null || (warnedDays !== null && warnedDays <= days)) return null
  const whenGiven = warningReached(daysLeft(expiresAt, grantedAt, zone))
  return { days, isSent: whenGiven === null || days < whenGiven }
}

/** The most that each kind of operator may give at once (PRODUCT "People": support gives small grants). */
export const largestPromotion = { small: cents(2000), large: cents(100_000) } as const

/** @throws Refusal `invalid_amount` or `amount_too_large` naming the field. */
export function parsePromotion(text: string, mayGiveMore: boolean): Money {
  const amount = parseMoney(text.trim(), 'amount')
  const largest = mayGiveMore ? largestPromotion.large : largestPromotion.small
  if (!isPositive(amount) || wholeCents(amount) === null) {
    throw new Refusal('invalid_amount', {
      field: 'amount',
      message: 'Enter an amount in whole cents above zero, such as 5.00.',
    })
  }
  if (isMore(amount, largest)) {
    throw new Refusal('amount_too_large', {
      field: 'amount',
      message: `You may give at most ${displayMoney(largest)} at once.${mayGiveMore ? '' : ' Ask finance or an admin to give more.'}`,
    })
  }
  return amount
}
