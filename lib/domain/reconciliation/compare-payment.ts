/** What Stripe and our books say of one payment, compared. Pure: facts in, findings out. */
import { compare, displayMoney, isMore, isPositive, isZero, type Money, subtract, zero } from '@/lib/core/money'
import { isHarmless, isReturning, owedOf, paidCreditOf, returnedOf } from './owed'
import {
  type BookedDispute,
  type BookedPurchase,
  type BookedRefund,
  bookedWithinMs,
  type DisputeAtStripe,
  type Finding,
  type FindingKind,
  type PaymentAtStripe,
  type RefundAtStripe,
} from './rules'

export interface Comparison {
  payment: PaymentAtStripe | null
  purchase: BookedPurchase | null
  /** The account whose customer at Stripe paid, when there is one. */
  payerAccountId: string | null
  /** The mode of our key. */
  livemode: boolean
  at: Date
}

/** Every difference between a payment at Stripe and its purchase in our books. */
export function comparePayment(comparison: Comparison): Finding[] {
  const { payment, purchase } = comparison
  if (!payment) return purchase ? withoutPayment(purchase) : []
  if (payment.livemode !== comparison.livemode) {
    return [
      finding('mode_differs', comparison, {
        atStripe: payment.received,
        sentence: `The payment is of ${modeOf(payment)} mode, and this installation of ${modeOf(comparison)} mode.`,
      }),
    ]
  }
  if (!purchase) return [unknownPurchase(payment)]
  const both = { ...comparison, payment, purchase }
  const named = payment.metadata.purchase_id
  if (named !== undefined && named !== purchase.purchaseId) return [ofAnother(both, named)]
  const basic = [...sameOwner(both), ...sameCurrency(both), ...sameMode(both)]
  if (basic.length > 0) return basic
  return [...compareCredit(both), ...compareBalance(both), ...(isPaidWith(both) ? compareTaken(both) : [])]
}

type Both = Comparison & { payment: PaymentAtStripe; purchase: BookedPurchase }

const isPaidWith = ({ purchase, payment }: Both): boolean =>
  purchase.state === 'paid' && purchase.paymentIntentId === payment.paymentIntentId

function withoutPayment(purchase: BookedPurchase): Finding[] {
  const found: Finding[] = []
  const paid = purchase.total ?? zero(purchase.currency)
  if (purchase.state === 'paid' && (isPositive(paid) || isPositive(purchase.credited))) {
    const named = purchase.paymentIntentId
      ? `names the payment ${purchase.paymentIntentId}, which Stripe does not have`
      : 'names no payment'
    found.push(
      finding('credited_without_payment', purchase, {
        atStripe: zero(purchase.currency),
        inBooks: paid,
        sentence: `The purchase is paid with ${displayMoney(paid)} and ${named}.`,
      }),
    )
  }
  if (purchase.attemptState === 'succeeded' && purchase.state !== 'paid') found.push(attemptWithout(purchase))
  return found
}

const attemptWithout = (purchase: BookedPurchase): Finding =>
  finding('attempt_without_payment', purchase, {
    inBooks: purchase.total,
    sentence: `The automatic charge counts as succeeded, and Stripe has no succeeded payment for it.`,
  })

const ofAnother = (both: Both, named: string): Finding =>
  finding('credited_without_payment', both, {
    atStripe: zero(both.purchase.currency),
    inBooks: both.purchase.total,
    sentence: `The purchase names a payment that is of the purchase ${named}.`,
  })

const unknownPurchase = (payment: PaymentAtStripe): Finding =>
  finding('unknown_purchase', payment, {
    atStripe: payment.received,
    sentence: `The payment (${payment.status}) names the purchase ${payment.metadata.purchase_id ?? 'of nobody'}, which our books do not have.`,
  })

function sameOwner(both: Both): Finding[] {
  const { payment, purchase, payerAccountId } = both
  const owner = purchase.accountId
  // A customer that was replaced at Stripe belongs to no account any more: that is no other owner.
  const other = [payment.metadata.account_id, payerAccountId].find((named) => named && named !== owner)
  if (!other) return []
  const sentence = `The payment is of account ${other}, and its purchase of account ${owner}.`
  return [finding('wrong_account', both, { atStripe: payment.received, inBooks: purchase.credited, sentence })]
}

function sameCurrency(both: Both): Finding[] {
  const [theirs, ours] = [both.payment.received.currency, both.purchase.currency]
  if (theirs === ours) return []
  return [
    finding('currency_differs', both, {
      atStripe: both.payment.received,
      sentence: `The payment is in ${theirs.toUpperCase()}, and its purchase in ${ours.toUpperCase()}.`,
    }),
  ]
}

function sameMode(both: Both): Finding[] {
  const { payment, purchase } = both
  if (payment.livemode === purchase.livemode) return []
  const sentence = `The payment is of ${modeOf(payment)} mode, and its purchase of ${modeOf(purchase)} mode.`
  return [finding('mode_differs', both, { atStripe: payment.received, inBooks: purchase.credited, sentence })]
}

const modeOf = ({ livemode }: { livemode: boolean }): string => (livemode ? 'live' : 'test')

function compareCredit(both: Both): Finding[] {
  const { payment, purchase } = both
  const isFinal = purchase.state === 'paid' || purchase.state === 'quarantined'
  const isOther = isFinal && purchase.paymentIntentId !== payment.paymentIntentId
  if (payment.status !== 'succeeded') return isOther ? [] : creditedTooEarly(both)
  const kept = subtract(payment.received, returnedOf(payment))
  if (!isFinal) return [notCredited(both, `The payment succeeded, and its purchase is ${purchase.state}.`)]
  if (isOther) {
    if (!isPositive(kept)) return []
    const first = purchase.paymentIntentId ?? 'nothing'
    return [
      finding('paid_twice', both, {
        atStripe: kept,
        inBooks: zero(purchase.currency),
        sentence: `The purchase was paid with ${first}, and this payment of ${displayMoney(payment.received)} succeeded as well.`,
      }),
    ]
  }
  if (purchase.state === 'quarantined') return isPositive(kept) ? [putAside(both, kept)] : []
  return compareAmounts(both)
}

function creditedTooEarly(both: Both): Finding[] {
  const { payment, purchase } = both
  const found: Finding[] = []
  if (purchase.state === 'paid') {
    found.push(
      finding('credited_without_payment', both, {
        atStripe: payment.received,
        inBooks: purchase.total,
        sentence: `The purchase is paid, and its payment is ${payment.status}.`,
      }),
    )
  } else if (purchase.attemptState === 'succeeded') found.push(attemptWithout(purchase))
  return found
}

const notCredited = (both: Both, sentence: string): Finding =>
  finding('payment_not_credited', both, { atStripe: both.payment.received, inBooks: both.purchase.credited, sentence })

const putAside = (both: Both, kept: Money): Finding =>
  finding('payment_put_aside', both, {
    atStripe: kept,
    inBooks: both.purchase.credited,
    sentence: `${displayMoney(kept)} was taken for a purchase that is under review; no credit was given.`,
  })

function compareAmounts(both: Both): Finding[] {
  const { payment, purchase } = both
  const total = purchase.total ?? zero(purchase.currency)
  if (compare(payment.received, total) !== 0) {
    return [
      finding('amount_differs', both, {
        atStripe: payment.received,
        inBooks: total,
        sentence: `${displayMoney(payment.received)} was taken, and the purchase says ${displayMoney(total)}.`,
      }),
    ]
  }
  const owed = paidCreditOf(purchase)
  if (compare(purchase.credited, owed) === 0) return []
  const sentence = `${displayMoney(owed)} of credit was paid for, and ${displayMoney(purchase.credited)} was posted.`
  if (isZero(purchase.credited)) return [notCredited(both, sentence)]
  return [finding('amount_differs', both, { atStripe: owed, inBooks: purchase.credited, sentence })]
}

function compareBalance(both: Both): Finding[] {
  const { payment } = both
  const isYoung = both.at.getTime() - payment.createdAt.getTime() < bookedWithinMs
  if (payment.status !== 'succeeded' || payment.balanceTransactionId || isYoung || isZero(payment.received)) return []
  return [
    finding('balance_transaction_missing', both, {
      atStripe: payment.received,
      sentence: `The payment of ${displayMoney(payment.received)} succeeded, and no balance transaction books it.`,
    }),
  ]
}

function compareTaken(both: Both): Finding[] {
  const { payment, purchase } = both
  const found = [...compareRefunds(both), ...compareDisputes(both)]
  if (found.length > 0) return found
  const { byRefunds, byDisputes, frozen } = owedOf(purchase, payment)
  const refundsDiffer = compare(purchase.takenByRefunds, byRefunds)
  if (refundsDiffer !== 0) {
    const kind = refundsDiffer < 0 ? 'refund_not_taken' : 'refund_taken_but_failed'
    found.push(
      finding(kind, both, {
        atStripe: byRefunds,
        inBooks: purchase.takenByRefunds,
        sentence: `Refunds of ${displayMoney(returnedOf(payment))} stand for ${displayMoney(byRefunds)} of credit, and ${displayMoney(purchase.takenByRefunds)} was taken.`,
      }),
    )
  }
  if (compare(purchase.takenByDisputes, byDisputes) !== 0) {
    found.push(
      finding('dispute_not_followed', both, {
        atStripe: byDisputes,
        inBooks: purchase.takenByDisputes,
        sentence: `Lost disputes stand for ${displayMoney(byDisputes)} of credit, and ${displayMoney(purchase.takenByDisputes)} was taken.`,
      }),
    )
  }
  if (isMore(purchase.frozen, frozen)) {
    found.push(
      finding('dispute_not_followed', both, {
        atStripe: frozen,
        inBooks: purchase.frozen,
        sentence: `${displayMoney(purchase.frozen)} of credit is frozen, and open disputes stand for ${displayMoney(frozen)}.`,
      }),
    )
  }
  return found
}

function compareRefunds(both: Both): Finding[] {
  const { payment, purchase } = both
  const booked = new Map(purchase.refunds.map((refund) => [refund.stripeRefundId, refund]))
  const found: Finding[] = []
  for (const refund of payment.refunds) {
    const ours = booked.get(refund.refundId)
    booked.delete(refund.refundId)
    found.push(...compareRefund(both, refund, ours))
  }
  for (const [stripeRefundId, ours] of booked) {
    if (!isReturning(ours.state)) continue
    found.push(
      finding('refund_taken_but_failed', both, {
        objectId: stripeRefundId ?? ours.refundId,
        atStripe: zero(purchase.currency),
        inBooks: ours.amount,
        sentence: `A refund of ${displayMoney(ours.amount)} is ${ours.state} here, and Stripe does not have it.`,
      }),
    )
  }
  return found
}

function compareRefund(both: Both, refund: RefundAtStripe, ours: BookedRefund | undefined): Finding[] {
  const objectId = refund.refundId
  const isOurs = ours !== undefined && isReturning(ours.state)
  const said = { objectId, atStripe: refund.amount, inBooks: isOurs ? ours.amount : zero(refund.amount.currency) }
  if (isReturning(refund.status)) {
    if (!isOurs) {
      const state = ours ? `is ${ours.state} here` : 'is not in our books'
      const sentence = `Stripe's refund of ${displayMoney(refund.amount)} (${refund.status}) ${state}: the credit was not taken back.`
      return [finding('refund_not_taken', both, { ...said, sentence })]
    }
    if (compare(ours.amount, refund.amount) === 0) return []
    const sentence = `The refund is of ${displayMoney(refund.amount)} at Stripe and of ${displayMoney(ours.amount)} here.`
    return [finding('amount_differs', both, { ...said, sentence })]
  }
  if (!isOurs) return []
  const sentence = `The refund of ${displayMoney(ours.amount)} is ${refund.status} at Stripe and ${ours.state} here: the credit was not given back.`
  return [finding('refund_taken_but_failed', both, { ...said, atStripe: zero(refund.amount.currency), sentence })]
}

function compareDisputes(both: Both): Finding[] {
  const { payment, purchase } = both
  const booked = new Map(purchase.disputes.map((dispute) => [dispute.stripeDisputeId, dispute]))
  const found: Finding[] = []
  for (const dispute of payment.disputes) {
    const ours = booked.get(dispute.disputeId)
    booked.delete(dispute.disputeId)
    const sentence = disputeSentence(dispute, ours)
    const said = { objectId: dispute.disputeId, atStripe: dispute.withdrawn, inBooks: ours?.withdrawn ?? null }
    if (sentence) found.push(finding('dispute_not_followed', both, { ...said, sentence }))
  }
  for (const [objectId, ours] of booked) {
    const sentence = `A dispute is ${ours.status} here, and Stripe does not have it for this payment.`
    found.push(finding('dispute_not_followed', both, { objectId, inBooks: ours.withdrawn, sentence }))
  }
  return found
}

function disputeSentence(dispute: DisputeAtStripe, ours: BookedDispute | undefined): string | null {
  if (!ours) {
    return isHarmless(dispute) ? null : `Stripe's dispute (${dispute.status}) is not in our books.`
  }
  if (ours.status !== dispute.status) return `The dispute is ${dispute.status} at Stripe and ${ours.status} here.`
  if (compare(ours.withdrawn, dispute.withdrawn) === 0) return null
  return `The dispute withdrew ${displayMoney(dispute.withdrawn)} at Stripe, and ${displayMoney(ours.withdrawn)} here.`
}

type About = Comparison | BookedPurchase | PaymentAtStripe

/** A finding about a comparison, or about the one side that there is. */
function finding(
  kind: FindingKind,
  about: About,
  said: { sentence: string; objectId?: string | null; atStripe?: Money | null; inBooks?: Money | null },
): Finding {
  const purchase = 'payment' in about ? about.purchase : 'purchaseId' in about ? about : null
  const payment = 'payment' in about ? about.payment : 'metadata' in about ? about : null
  return {
    kind,
    accountId: purchase?.accountId ?? null,
    purchaseId: purchase?.purchaseId ?? null,
    paymentIntentId: payment?.paymentIntentId ?? purchase?.paymentIntentId ?? null,
    objectId: said.objectId ?? null,
    atStripe: said.atStripe ?? null,
    inBooks: said.inBooks ?? null,
    sentence: said.sentence,
  }
}
