import type Stripe from 'stripe'
import type { SessionTax } from '../state/collections'

/** What a purchase comes to, in cents. */
export interface Totals {
  lineItems: Stripe.LineItem[]
  subtotal: number
  discount: number
  tax: number
  total: number
}

/**
 * Prices the lines: the discount is taken from the whole and shared out over the lines, the tax is added to what is left
 * of each line. Both are rounded half up to whole cents, and the lines always add up to the whole.
 */
export function priceLines(lines: Stripe.LineItem[], coupon: Stripe.Coupon | null, tax: SessionTax | null): Totals {
  const subtotal = sum(lines, ({ amount_subtotal }) => amount_subtotal)
  const discount = coupon ? discountOf(subtotal, coupon) : 0
  let passed = 0
  let shared = 0
  const lineItems = lines.map((line) => {
    passed += line.amount_subtotal
    const share = (subtotal === 0 ? 0 : roundedQuotient(discount * passed, subtotal)) - shared
    shared += share
    const net = line.amount_subtotal - share
    const amount_tax = tax ? roundedQuotient(net * tax.ratePer100000, 100_000) : 0
    return { ...line, amount_discount: share, amount_tax, amount_total: net + amount_tax }
  })
  const taxed = sum(lineItems, ({ amount_tax }) => amount_tax)
  return { lineItems, subtotal, discount, tax: taxed, total: subtotal - discount + taxed }
}

function discountOf(subtotal: number, coupon: Stripe.Coupon): number {
  if (coupon.percent_off === null) return Math.min(coupon.amount_off!, subtotal)
  return roundedQuotient(subtotal * Math.round(coupon.percent_off * 100), 10_000)
}

/** Rounds half up. Exact up to 2^53: amounts are below 10^9 cents, rates below 10^5. */
export function roundedQuotient(dividend: number, divisor: number): number {
  return Math.floor((2 * dividend + divisor) / (2 * divisor))
}

const sum = (lines: Stripe.LineItem[], of: (line: Stripe.LineItem) => number) =>
  lines.reduce((total, line) => total + of(line), 0)
