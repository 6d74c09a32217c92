import { cents, formatMoney, type Money, sum } from '@/lib/core/money'
import { explanationOf, nextStepOf, type PurchaseOrigin, type PurchaseState, purchaseStateText } from './rules'
import type { Purchase } from './store'

/** A purchase as pages show it. Amounts are decimal strings, instants ISO strings. */
export interface PurchaseDto {
  purchaseId: string
  origin: PurchaseOrigin
  state: PurchaseState
  stateText: string
  /** What the state means for the customer's money, as a sentence and as facts. */
  explanation: string
  isPageOver: boolean
  /** What the payment provider said of the last try, in its own words. */
  reason: string | null
  /** The credit that was ordered. */
  amount: string
  createdAt: string
  paidAt: string | null
  checkoutUrl: string | null
  card: { brand: string; last4: string } | null
  bankAccount: { name: string; last4: string } | null
  receiptUrl: string | null
  receiptNumber: string | null
  invoiceNumber: string | null
  invoicePdfUrl: string | null
  hostedInvoiceUrl: string | null
  /** Null until it is paid. */
  discount: string | null
  promotionCode: string | null
  tax: string | null
  total: string | null
  /** What was paid for, and what a promotion code paid for: together the amount. */
  grant: GrantPartDto | null
  gift: GrantPartDto | null
  /** What is left of both; null until it is paid. */
  creditLeft: string | null
  nextStep: { label: string; href: string } | null
}

interface GrantPartDto {
  grantId: string
  amount: string
  remaining: string
}

/** `at`: now, by which the time of an open page may be over. */
export function purchaseDto(purchase: Purchase, at: Date): PurchaseDto {
  const { state, amount, expiresAt, cardLast4, bankLast4 } = purchase
  const amountOf = (inCents: bigint | null) => (inCents === null ? null : formatMoney(cents(inCents, amount.currency)))
  const isPageOver = expiresAt !== null && expiresAt <= at
  // Without a page it is a word of ours to the operator.
  const reason = purchase.checkoutSessionId ? purchase.stateReason : null
  const checkoutUrl = state === 'open' && !isPageOver ? purchase.checkoutUrl : null
  return {
    purchaseId: purchase.purchaseId,
    origin: purchase.origin,
    state,
    stateText: purchaseStateText(state),
    explanation: explanationOf({ state, checkoutUrl, isPageOver, reason, isBankDebit: bankLast4 !== null }),
    isPageOver,
    reason,
    amount: formatMoney(amount),
    createdAt: purchase.createdAt.toISOString(),
    paidAt: purchase.paidAt?.toISOString() ?? null,
    checkoutUrl,
    card: cardLast4 ? { brand: purchase.cardBrand ?? 'card', last4: cardLast4 } : null,
    bankAccount: bankLast4 ? { name: purchase.bankName ?? 'Bank account', last4: bankLast4 } : null,
    receiptUrl: purchase.receiptUrl,
    receiptNumber: purchase.receiptNumber,
    invoiceNumber: purchase.invoiceNumber,
    invoicePdfUrl: purchase.invoicePdfUrl,
    hostedInvoiceUrl: purchase.hostedInvoiceUrl,
    discount: amountOf(purchase.discountCents),
    promotionCode: purchase.promotionCode,
    tax: amountOf(purchase.taxCents),
    total: amountOf(purchase.totalCents),
    grant: grantPart(purchase.grant),
    gift: grantPart(purchase.gift),
    creditLeft: leftOf([purchase.grant, purchase.gift]),
    nextStep: nextStepOf(state, checkoutUrl),
  }
}

const leftOf = (grants: (Purchase['grant'] | null)[]): string | null => {
  const made = grants.filter((grant) => grant !== null)
  const left = made.map(({ remaining }) => remaining)
  return left.length === 0 ? null : formatMoney(sum(left, left[0]?.currency))
}

const grantPart = (grant: { grantId: string; amount: Money; remaining: Money } | null): GrantPartDto | null =>
  grant && {
    grantId: grant.grantId,
    amount: formatMoney(grant.amount),
    remaining: formatMoney(grant.remaining),
  }
