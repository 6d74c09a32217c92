import { stanceOf } from '../disputes/rules'
import type { AccountBook } from '../ledger'
import { isActive, type RefundFacts } from './rules'
import type { TakeBacks } from './save-take-backs'

/** What a decision about a refund looks at, of a purchase and its account's book at one moment. */
export function refundFactsOf({ purchase, refunds, disputes }: TakeBacks, book: AccountBook): RefundFacts {
  const active = refunds.filter(({ state }) => isActive(state))
  return {
    isPaid: purchase.state === 'paid',
    paidAt: purchase.paidAt,
    payment: purchase,
    returnedCents: active.reduce((total, { amountCents }) => total + amountCents, 0n),
    left: book.leftOf(purchase.grantId ?? ''),
    available: book.available,
    isDisputed: disputes.some((dispute) => stanceOf(dispute) !== 'nothing'),
    isUnderWay: active.some(({ state }) => state === 'requested'),
  }
}
