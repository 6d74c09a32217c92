import { cents, formatMoney } from '@/lib/core/money'
import { nextStepOf, type PurchaseOrigin, type PurchaseState, purchaseStateText } from './rules'
import type { Purchase } from './store'

/** A purchase as pages show it. Amounts are decimal strings, instants ISO strings. */
export interface PurchaseDto {
  purchaseId: string
  origin: PurchaseOrigin
  state: PurchaseState
  stateText: string
  amount: string
  createdAt: string
  paidAt: string | null
  checkoutUrl: string | null
  card: { brand: string; last4: string } | null
  receiptUrl: string | null
  receiptNumber: string | null
  tax: string | null
  total: string | null
  grant: { grantId: string; amount: string; remaining: string } | null
  nextStep: { label: string; href: string } | null
}

export function purchaseDto(purchase: Purchase): PurchaseDto {
  const { currency } = purchase.amount
  const amountOf = (inCents: bigint | null) => (inCents === null ? null : formatMoney(cents(inCents, currency)))
  const checkoutUrl = purchase.state === 'open' ? purchase.checkoutUrl : null
  return {
    purchaseId: purchase.purchaseId,
    origin: purchase.origin,
    state: purchase.state,
    stateText: purchaseStateText(purchase.state),
    amount: formatMoney(purchase.amount),
    createdAt: purchase.createdAt.toISOString(),
    paidAt: purchase.paidAt?.toISOString() ?? null,
    checkoutUrl,
    card: purchase.cardLast4 ? { brand: purchase.cardBrand ?? 'card', last4: purchase.cardLast4 } : null,
    receiptUrl: purchase.receiptUrl,
    receiptNumber: purchase.receiptNumber,
    tax: amountOf(purchase.taxCents),
    total: amountOf(purchase.totalCents),
    grant: purchase.grant && {
      grantId: purchase.grant.grantId,
      amount: formatMoney(purchase.grant.amount),
      remaining: formatMoney(purchase.grant.remaining),
    },
    nextStep: nextStepOf(purchase.state, checkoutUrl),
  }
}
