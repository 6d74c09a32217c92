import { cents, formatMoney } from '@/lib/core/money'
import { failureText, type RefundOrigin, type RefundState, refundStateText } from './rules'
import type { Refund } from './store'

/** A refund as pages show it. Amounts are decimal strings, instants ISO strings. */
export interface RefundDto {
  refundId: string
  purchaseId: string
  origin: RefundOrigin
  state: RefundState
  stateText: string
  /** The money that is returned, tax included. */
  amount: string
  /** The credit that is taken back for it, of the purchase and of the gift of its promotion code; zero once it failed. */
  credit: string
  gift: string
  reason: string | null
  /** Why it failed, as a sentence and as the provider's code. */
  failure: string | null
  failureCode: string | null
  createdAt: string
  closedAt: string | null
}

export function refundDto(refund: Refund): RefundDto {
  return {
    refundId: refund.refundId,
    purchaseId: refund.purchaseId,
    origin: refund.origin,
    state: refund.state,
    stateText: refundStateText(refund.state),
    amount: formatMoney(cents(refund.amountCents, refund.currency)),
    credit: formatMoney(refund.credit),
    gift: formatMoney(refund.gift),
    reason: refund.reason,
    failure: refund.failureReason && failureText(refund.failureReason),
    failureCode: refund.failureReason,
    createdAt: refund.createdAt.toISOString(),
    closedAt: refund.closedAt?.toISOString() ?? null,
  }
}
