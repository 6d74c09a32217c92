/** What may be bought, and when a payment becomes credit. Pure; also runs in the browser. */
import { Refusal } from '@/lib/core/errors'
import {
  add,
  cents,
  compare,
  displayMoney,
  formatMoney,
  isLess,
  isMore,
  isNegative,
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
      limit: formatMoney(smallestPurchase),
      message: `The smallest purchase is ${displayMoney(smallestPurchase)}.`,
    })
  }
  if (isMore(amount, largest)) {
    throw new Refusal('amount_too_large', {
      field,
      limit: formatMoney(largest),
      message: `The largest purchase is ${displayMoney(largest)}. Buy in several parts, or ask the operator.`,
    })
  }
  return amount
}

export const purchaseStates = ['open', 'processing', 'paid', 'failed', 'expired', 'canceled', 'quarantined'] as const
export type PurchaseState = (typeof purchaseStates)[number]
/** invoice: no purchase of credits, but what was paid for a month-end invoice. */
export type PurchaseOrigin = 'checkout' | 'auto_top_up' | 'invoice'

export type CheckoutMethod = 'card' | 'us_bank_account'

/** What the payment page of a purchase offers: the operator's settings at the moment the purchase was begun. */
export interface PageTerms {
  promotionCodes: boolean
  /** Stripe adds tax and asks for a billing address; a business may give its tax id. */
  tax: boolean
  /** Stripe makes an invoice beside the receipt. */
  invoice: boolean
  methods: CheckoutMethod[]
}

/** A card that is to be kept must be a card: a bank account could not be charged for auto top-up. */
export const termsFor = (offered: PageTerms, savesCard: boolean): PageTerms =>
  savesCard ? { ...offered, methods: ['card'] } : offered

/** What we ordered: our own row, never what Stripe's metadata says. */
export interface Order {
  accountId: string
  purchaseId: string
  origin: PurchaseOrigin
  amount: Money
  customerId: string | null
  livemode: boolean
  /** Whether the page took promotion codes. Without them no discount is accepted. */
  offersDiscount: boolean
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

/** `paid` and `gift` add up to the amount that was ordered; either may be zero, never both. */
export type CreditDecision = { kind: 'credit'; paid: Money; gift: Money } | { kind: 'quarantine'; because: string }

/**
 * Whether a payment is the one that was ordered. Credit equals the ordered amount: what was paid for it before tax, and as
 * a gift what a promotion code paid. Tax never becomes credit. Anything that differs from the order is put aside with the
 * reason, for a person to look at: the money stays visible, and no credit is given for it.
 */
export function decideCredit(order: Order, paid: PaidOrder): CreditDecision {
  const because = difference(order, paid)
  if (because) return { kind: 'quarantine', because }
  return { kind: 'credit', paid: subtract(order.amount, paid.discount), gift: paid.discount }
}

function difference(order: Order, paid: PaidOrder): string | null {
  if (paid.livemode !== order.livemode) return 'mode: a test payment for a live order, or the reverse'
  if (paid.purchaseId !== order.purchaseId) return 'order: it names another purchase'
  if (paid.accountId !== order.accountId) return 'account: it names another account'
  if (paid.clientReferenceId !== undefined && paid.clientReferenceId !== order.purchaseId) {
    return 'reference: it names another purchase'
  }
  if (paid.customerId !== order.customerId) return 'customer: it was paid by another customer'
  return differentAmounts(order, paid)
}

function differentAmounts({ amount, offersDiscount }: Order, paid: PaidOrder): string | null {
  const { subtotal, discount, tax, total, received } = paid
  if ([subtotal, discount, tax, total, received].some(({ currency }) => currency !== amount.currency)) {
    return 'currency: it was not paid in the ordered currency'
  }
  if (compare(subtotal, amount) !== 0) return `amount: ${said(subtotal)} instead of ${said(amount)}`
  if (isNegative(discount) || isMore(discount, subtotal)) {
    return `discount: ${said(discount)} of ${said(subtotal)} cannot be`
  }
  if (isPositive(discount) && !offersDiscount) return `discount: ${said(discount)} that was not offered`
  if (isNegative(tax)) return `tax: ${said(tax)} cannot be`
  if (compare(total, add(subtract(subtotal, discount), tax)) !== 0) {
    return 'total: it is not the amount with its discount and tax'
  }
  if (compare(received, total) !== 0) return `received: ${said(received)} of ${said(total)}`
  return null
}

const said = displayMoney

/** A page and its payment, as far as the state of a purchase depends on them. */
export interface CheckoutProgress {
  status: 'open' | 'complete' | 'expired'
  paymentStatus: 'paid' | 'unpaid' | 'no_payment_required'
  total: Money
  payment: { status: string; declineMessage: string | null } | null
}

export type Progress =
  | { kind: 'paid' }
  | { kind: 'open'; reason: string | null }
  | { kind: 'processing' }
  | { kind: 'failed'; reason: string | null }
  | { kind: 'expired' }

/**
 * How far a purchase has come. Paid means that the page *and* the payment say so, or that the page was completed and
 * nothing was to be paid (a promotion code over the whole amount). A decline is not the end: the page stays open for
 * another card. A completed page whose payment is under way (a bank debit takes days) waits for it.
 */
export function progressOf({ status, paymentStatus, total, payment }: CheckoutProgress): Progress {
  if (paymentStatus === 'paid' && payment?.status === 'succeeded') return { kind: 'paid' }
  if (status === 'open') return { kind: 'open', reason: payment?.declineMessage ?? null }
  if (paymentStatus === 'no_payment_required' || (paymentStatus === 'paid' && !payment && isZero(total))) {
    return status === 'complete' ? { kind: 'paid' } : { kind: 'expired' }
  }
  if (paymentStatus === 'paid') return { kind: 'processing' }
  if (status === 'expired') return { kind: 'expired' }
  return hasFailed(payment) ? { kind: 'failed', reason: payment.declineMessage } : { kind: 'processing' }
}

type Payment = NonNullable<CheckoutProgress['payment']>

/** A payment that waits for another method failed if it says why; without a reason it is an old reading of one just begun. */
const hasFailed = (payment: Payment | null): payment is Payment =>
  payment?.status === 'canceled' || (payment?.status === 'requires_payment_method' && payment.declineMessage !== null)

/** Paid and quarantined purchases stay what they are; every other state is what we believe until Stripe says paid. */
export const isFinal = (state: PurchaseState): boolean => state === 'paid' || state === 'quarantined'

/** Whether news short of "paid" may change the state: it moves forward only, so that late news changes nothing. */
export function mayBecome(from: PurchaseState, to: 'open' | 'processing' | 'failed' | 'expired' | 'canceled'): boolean {
  if (from === 'open') return to !== 'open'
  if (from === 'processing') return to === 'failed' || to === 'expired'
  // We gave the page up, and it was completed after all: a payment is on its way.
  return (from === 'expired' || from === 'canceled') && to === 'processing'
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

/** What the sentences about a purchase depend on. */
export interface Explained {
  state: PurchaseState
  /** Where an open purchase can still be paid. */
  checkoutUrl: string | null
  /** Whether the time in which its page could be paid is over. */
  isPageOver: boolean
  /** Stripe's sentence about the last try, when there was one. */
  reason: string | null
  isBankDebit: boolean
}

/** What a state means for the customer's money, in a sentence or two. */
export function explanationOf({ state, checkoutUrl, isPageOver, reason, isBankDebit }: Explained): string {
  switch (state) {
    case 'open':
      if (reason) return `${sentence(reason)} Nothing has been charged. Try again or use another way to pay.`
      if (checkoutUrl) return 'Nothing has been charged yet. The payment page stays open for 24 hours.'
      return isPageOver
        ? 'The payment page is closed. We are asking Stripe whether it was paid in time.'
        : 'The payment page could not be opened yet. Nothing has been charged.'
    case 'processing':
      return isBankDebit
        ? 'Your bank is processing the payment; this takes up to 4 business days. Credit appears when it is paid.'
        : 'Stripe is processing the payment. Credit appears when it is paid.'
    case 'paid':
      return 'Paid, and the credit is on the account.'
    case 'failed':
      return `${reason ? `${sentence(reason)} ` : ''}No money was taken and no credit was added.`
    case 'expired':
      return 'The payment page closed before it was paid. No money was taken.'
    case 'canceled':
      return 'Canceled before it was paid. No money was taken.'
    case 'quarantined':
      return 'Your money arrived, but not as it was ordered. A person looks at it; you need do nothing.'
  }
}

const sentence = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`)

/** What the customer can do about a purchase, or null when there is nothing to do. */
export function nextStepOf(state: PurchaseState, checkoutUrl: string | null): { label: string; href: string } | null {
  if (state === 'open') return checkoutUrl ? { label: 'Continue to payment', href: checkoutUrl } : null
  if (state === 'failed' || state === 'expired' || state === 'canceled')
    return { label: 'Buy credits', href: '/credits#buy' }
  return null
}
