/** What may be bought, and when a payment becomes credit. Pure; also runs in the browser. */
import { Refusal } from '@/lib/core/errors'
import {
  add,
  cents,
  compare,
  displayMoney,
  isLess,
  isMore,
  isPositive,
  isZero,
  type Money,
  parseMoney,
  subtract,
  wholeCents,
} from '@/lib/core/money'

/** The least that can be bought at once. */
export const smallestPurchase = cents(500)

/** What the page offers beside a free amount. */
export const presetAmounts = [cents(1000), cents(2500), cents(5000), cents(10_000)]

/** The operator's upper limit for one purchase, from whole dollars. */
export const largestPurchase = (dollars: number): Money => cents(BigInt(dollars) * 100n)

/**
 * Reads the amount that somebody wants to buy.
 * @throws Refusal `invalid_amount`, `amount_too_small` or `amount_too_large`, each with the limits and a sentence.
 */
export function parsePurchaseAmount(text: string, largest: Money, field = 'amount'): Money {
  const amount = parseMoney(text.trim(), field, largest.currency)
  if (!isPositive(amount)) {
    throw new Refusal('invalid_amount', { field, message: 'Enter an amount above zero, such as 25.00.' })
  }
  if (wholeCents(amount) === null) {
    throw new Refusal('invalid_amount', {
      field,
      message: 'Cards are charged in whole cents. Enter an amount such as 25.50.',
    })
  }
  if (isLess(amount, smallestPurchase)) {
    throw new Refusal('amount_too_small', {
      field,
      message: `The smallest purchase is ${displayMoney(smallestPurchase)}.`,
    })
  }
  if (isMore(amount, largest)) {
    throw new Refusal('amount_too_large', {
      field,
      message: `The largest purchase is ${displayMoney(largest)}. Buy in several parts, or ask the operator.`,
    })
  }
  return amount
}

export const purchaseStates = ['open', 'processing', 'paid', 'failed', 'expired', 'canceled', 'quarantined'] as const
export type PurchaseState = (typeof purchaseStates)[number]
export type PurchaseOrigin = 'checkout' | 'auto_top_up'

/** What we ordered: our own row, never what Stripe's metadata says. */
export interface Order {
  accountId: string
  purchaseId: string
  origin: PurchaseOrigin
  amount: Money
  customerId: string | null
  livemode: boolean
}

/** What Stripe says was paid. */
export interface PaidOrder {
  accountId: string | null
  purchaseId: string | null
  /** Checkout's own reference to the order; undefined for payments without a page. */
  clientReferenceId?: string | null
  customerId: string | null
  livemode: boolean
  /** Before discount and tax. */
  subtotal: Money
  discount: Money
  tax: Money
  total: Money
  /** What really came in. */
  received: Money
}

export type CreditDecision = { kind: 'credit'; amount: Money } | { kind: 'quarantine'; because: string }

/**
 * Whether a payment is the one that was ordered. Credit equals the amount before tax. Anything that differs from the order
 * is put aside with the reason, for a person to look at: the money stays visible, and no credit is given for it.
 */
export function decideCredit(order: Order, paid: PaidOrder): CreditDecision {
  const because = difference(order, paid)
  return because ? { kind: 'quarantine', because } : { kind: 'credit', amount: order.amount }
}

function difference(order: Order, paid: PaidOrder): string | null {
  if (paid.livemode !== order.livemode) return 'mode: a test payment for a live order, or the reverse'
  if (paid.purchaseId !== order.purchaseId) return 'order: it names another purchase'
  if (paid.accountId !== order.accountId) return 'account: it names another account'
  if (paid.clientReferenceId !== undefined && paid.clientReferenceId !== order.purchaseId) {
    return 'reference: it names another purchase'
  }
  if (paid.customerId !== order.customerId) return 'customer: it was paid by another customer'
  const { currency } = order.amount
  const amounts = [paid.subtotal, paid.discount, paid.tax, paid.total, paid.received]
  if (amounts.some((amount) => amount.currency !== currency)) return 'currency: it was not paid in the ordered currency'
  if (compare(paid.subtotal, order.amount) !== 0)
    return `amount: ${said(paid.subtotal)} instead of ${said(order.amount)}`
  if (!isZero(paid.discount)) return `discount: ${said(paid.discount)} that was not offered`
  if (compare(paid.total, add(subtract(paid.subtotal, paid.discount), paid.tax)) !== 0) {
    return 'total: it is not the amount with its tax'
  }
  if (compare(paid.received, paid.total) !== 0) return `received: ${said(paid.received)} of ${said(paid.total)}`
  return null
}

const said = displayMoney

/** A page and its payment, as far as the state of a purchase depends on them. */
export interface CheckoutProgress {
  status: 'open' | 'complete' | 'expired'
  paymentStatus: 'paid' | 'unpaid' | 'no_payment_required'
  payment: { status: string; declineMessage: string | null } | null
}

export type Progress =
  | { kind: 'paid' }
  | { kind: 'open'; reason: string | null }
  | { kind: 'processing' }
  | { kind: 'failed'; reason: string | null }
  | { kind: 'expired' }

/**
 * How far a purchase has come. Paid means that the page *and* the payment say so. A decline is not the end: the page stays
 * open for another card.
 */
export function progressOf({ status, paymentStatus, payment }: CheckoutProgress): Progress {
  if (paymentStatus === 'no_payment_required') return { kind: 'paid' } // nothing came in: the decision puts it aside
  if (paymentStatus === 'paid') return payment?.status === 'succeeded' ? { kind: 'paid' } : { kind: 'processing' }
  if (status === 'open') return { kind: 'open', reason: payment?.declineMessage ?? null }
  if (status === 'expired') return { kind: 'expired' }
  const hasFailed = payment?.status === 'requires_payment_method' || payment?.status === 'canceled'
  return hasFailed ? { kind: 'failed', reason: payment.declineMessage } : { kind: 'processing' }
}

/** Paid and quarantined purchases stay what they are; every other state is what we believe until Stripe says paid. */
export const isFinal = (state: PurchaseState): boolean => state === 'paid' || state === 'quarantined'

/** Whether news short of "paid" may change the state: it moves forward only, so that late news changes nothing. */
export function mayBecome(from: PurchaseState, to: 'open' | 'processing' | 'failed' | 'expired' | 'canceled'): boolean {
  if (from === 'open') return to !== 'open'
  return from === 'processing' && (to === 'failed' || to === 'expired')
}

const stateTexts: Record<PurchaseState, string> = {
  open: 'Waiting for payment',
  processing: 'Payment is being processed',
  paid: 'Paid',
  failed: 'Payment failed',
  expired: 'Not completed',
  canceled: 'Canceled',
  quarantined: 'Under review',
}

export const purchaseStateText = (state: PurchaseState): string => stateTexts[state]

/** What the customer can do about a purchase, or null when there is nothing to do. */
export function nextStepOf(state: PurchaseState, checkoutUrl: string | null): { label: string; href: string } | null {
  if (state === 'open') return checkoutUrl ? { label: 'Continue to payment', href: checkoutUrl } : null
  if (state === 'failed' || state === 'expired' || state === 'canceled')
    return { label: 'Buy credits', href: '/credits' }
  return null
}
