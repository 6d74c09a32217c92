import { subtract, sum } from '@/lib/core/money'
import { stanceOf } from '../disputes/rules'
import { isActive, type RefundFacts } from './rules'
import type { OpenedBook, TakeBacks } from './save-take-backs'
import { returnableGift } from './take-back'

/** What a decision about a refund looks at, of a purchase and its account's book at one moment. */
export function refundFactsOf({ purchase, refunds, disputes }: TakeBacks, { book, drawn }: OpenedBook): RefundFacts {
  const active = refunds.filter(({ state }) => isActive(state))
  const claims = [...refunds, ...disputes]
  const giftReturned = sum(
    claims.map(({ gift }) => gift),
    purchase.currency,
  )
  return {
    isPaid: purchase.state === 'paid',
    isOfInvoice: purchase.origin === 'invoice',
    paidAt: purchase.paidAt,
    payment: purchase,
    returnedCents: active.reduce((total, { amountCents }) => total + amountCents, 0n),
    left: book.leftOf(purchase.grantId ?? ''),
    giftLeft: subtract(returnableGift(book, purchase, { claims, drawn }), giftReturned),
    available: book.available,
    isDisputed: disputes.some((dispute) => stanceOf(dispute) !== 'nothing'),
    isUnderWay: active.some(({ state }) => state === 'requested'),
  }
}
