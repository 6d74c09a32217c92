/**
 * Money: one type, one unit (nano-dollars: 1 USD = 1,000,000,000), one place that parses, prints and rounds it.
 * Rules: PRODUCT "Money". No float ever touches an amount.
 */
import { Refusal } from './errors'

/** ISO 4217 code in lower case, as Stripe writes it. */
export type Currency = string

declare const moneyBrand: unique symbol

/** An exact amount in nanos of its currency. May be negative (a debt). */
export interface Money {
  readonly nanos: bigint
  readonly currency: Currency
  readonly [moneyBrand]: true
}

export const nanosPerUnit = 1_000_000_000n
export const nanosPerCent = 10_000_000n
export const defaultCurrency: Currency = 'usd'

/** The largest amount that one row may carry: a million dollars short of a billion billion nanos is never needed. */
export const largestNanos = 1_000_000_000_000_000_000n

/** Makes an amount of `nanos`. Throws a RangeError above `largestNanos`: such a figure is a mistake, not money. */
export function money(nanos: bigint, currency: Currency = defaultCurrency): Money {
  if (nanos > largestNanos || nanos < -largestNanos) throw new RangeError(`amount out of range: ${nanos} nanos`)
  return { nanos, currency } as Money
}

/** An amount of whole cents, the unit that Stripe moves. */
export const cents = (amount: bigint | number, currency?: Currency): Money =>
  money(BigInt(amount) * nanosPerCent, currency)

export const zero = (currency?: Currency): Money => money(0n, currency)

function sameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new TypeError(`currencies differ: ${a.currency} and ${b.currency}`)
}

export function add(a: Money, b: Money): Money {
  sameCurrency(a, b)
  return money(a.nanos + b.nanos, a.currency)
}

export function subtract(a: Money, b: Money): Money {
  sameCurrency(a, b)
  return money(a.nanos - b.nanos, a.currency)
}

/** Negative when a < b, zero when equal, positive when a > b. */
export function compare(a: Money, b: Money): number {
  sameCurrency(a, b)
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0
}

export const isLess = (a: Money, b: Money): boolean => compare(a, b) < 0
export const isMore = (a: Money, b: Money): boolean => compare(a, b) > 0
export const least = (a: Money, b: Money): Money => (compare(a, b) <= 0 ? a : b)
export const most = (a: Money, b: Money): Money => (compare(a, b) >= 0 ? a : b)
export const isPositive = (a: Money): boolean => a.nanos > 0n
export const isNegative = (a: Money): boolean => a.nanos < 0n
/** Less than people see, who see cents: as credit it counts as used up. */
export const isUnderOneCent = (a: Money): boolean => a.nanos < nanosPerCent
export const isZero = (a: Money): boolean => a.nanos === 0n
export const sum = (amounts: Money[], currency?: Currency): Money => amounts.reduce(add, zero(currency))
export const negate = (a: Money): Money => money(-a.nanos, a.currency)
/** The amount, or zero when it is a debt. */
export const atLeastZero = (a: Money): Money => (a.nanos < 0n ? zero(a.currency) : a)

/** How much of the limit is spent, in whole percent, rounded down. A limit of zero is always reached. */
export function percentSpent(limit: Money, spent: Money): number {
  if (limit.nanos === 0n) return 100
  return Number((spent.nanos * 100n) / limit.nanos)
}

/** A price: `amount` for `per` units. Kept as a quotient so that nothing is rounded before the charge is known. */
export interface Rate {
  readonly amount: Money
  readonly per: bigint
}

/**
 * The exact charge for quantities at their rates, rounded once, half up, to the nano (PRODUCT "Money").
 * All rates must share one `per` denominator family: they are brought to a common one before the division.
 */
export function charge(lines: { rate: Rate; quantity: bigint }[], currency?: Currency): Money {
  const first = lines[0]
  if (!first) return zero(currency)
  let numerator = 0n
  let denominator = 1n
  for (const { rate, quantity } of lines) {
    if (quantity < 0n) throw new RangeError('a quantity is never negative')
    if (rate.per <= 0n || rate.amount.nanos < 0n) throw new RangeError('a rate is never negative')
    sameCurrency(first.rate.amount, rate.amount)
    numerator = numerator * rate.per + rate.amount.nanos * quantity * denominator
    denominator *= rate.per
  }
  return money((numerator * 2n + denominator) / (denominator * 2n), first.rate.amount.currency)
}

const decimalPattern = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?$/

/**
 * Parses a decimal string such as "50", "50.00" or "0.000000001".
 * @throws Refusal `invalid_amount` naming `field` for anything else: exponents, signs other than a leading minus, more
 * than nine fractional digits.
 */
export function parseMoney(text: string, field = 'amount', currency?: Currency): Money {
  const match = decimalPattern.exec(text)
  if (!match) {
    throw new Refusal('invalid_amount', {
      field,
      message: `${field} must be a decimal number such as "25.00", with at most nine digits after the point.`,
    })
  }
  const [, sign, whole, fraction = ''] = match
  const nanos = BigInt(whole!) * nanosPerUnit + BigInt(fraction.padEnd(9, '0'))
  return money(sign ? -nanos : nanos, currency)
}

/** The exact decimal string, with at least two and at most nine fractional digits: the form on the wire. */
export function formatMoney(amount: Money): string {
  const sign = amount.nanos < 0n ? '-' : ''
  const absolute = amount.nanos < 0n ? -amount.nanos : amount.nanos
  const fraction = (absolute % nanosPerUnit).toString().padStart(9, '0').replace(/0+$/, '').padEnd(2, '0')
  return `${sign}${absolute / nanosPerUnit}.${fraction}`
}

/** Whole cents, or null when the amount has a remainder below a cent (such an amount cannot be charged to a card). */
export function wholeCents(amount: Money): number | null {
  return amount.nanos % nanosPerCent === 0n ? Number(amount.nanos / nanosPerCent) : null
}

/** The smallest whole-cent amount that is not less. */
export function roundUpToCents(amount: Money): Money {
  const remainder = ((amount.nanos % nanosPerCent) + nanosPerCent) % nanosPerCent
  return remainder === 0n ? amount : money(amount.nanos - remainder + nanosPerCent, amount.currency)
}

/** What people see: cents, rounded half up, with the currency sign. The exact figure belongs in a title beside it. */
export function displayMoney(amount: Money, locale = 'en-US'): string {
  const absolute = amount.nanos < 0n ? -amount.nanos : amount.nanos
  const inCents = (absolute + nanosPerCent / 2n) / nanosPerCent
  const text = `${inCents / 100n}.${(inCents % 100n).toString().padStart(2, '0')}` as `${number}`
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency: amount.currency.toUpperCase() })
  if (inCents === 0n && absolute > 0n) return `${amount.nanos < 0n ? '−' : ''}<${format.format('0.01' as never)}`
  const shown = format.format(text as never)
  return amount.nanos < 0n ? `−${shown}` : shown
}

/** "$0.000000001": the exact figure with its sign, for a hover or a receipt. */
export function displayExact(amount: Money): string {
  const text = formatMoney(amount)
  return `${text.startsWith('-') ? '−' : ''}$${text.replace('-', '')} ${amount.currency.toUpperCase()}`
}
