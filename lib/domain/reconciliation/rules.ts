/** What Stripe and our books say of one payment, compared. Pure: facts in, findings out. */
import {
  add,
  compare,
  displayMoney,
  isMore,
  isPositive,
  isZero,
  least,
  type Money,
  money,
  subtract,
  sum,
  zero,
} from '@/lib/core/money'
import { hourMs, minuteMs } from '@/lib/core/time'

export interface RefundAtStripe {
  refundId: string
  status: string
  amount: Money
  createdAt: Date
}

export interface DisputeAtStripe {
  disputeId: string
  status: string
  amount: Money
  withdrawn: Money
  createdAt: Date
}

/** A payment with all that became of it, as Stripe tells it. */
export interface PaymentAtStripe {
  paymentIntentId: string
  status: string
  received: Money
  customerId: string | null
  livemode: boolean
  metadata: Record<string, string>
  createdAt: Date
  balanceTransactionId: string | null
  refunds: RefundAtStripe[]
  disputes: DisputeAtStripe[]
}

export interface BookedRefund {
  refundId: string
  stripeRefundId: string | null
  /** requested, pending, succeeded, failed or canceled. */
  state: string
  amount: Money
}

export interface BookedDispute {
  disputeId: string
  stripeDisputeId: string
  status: string
  withdrawn: Money
}

/** A purchase with what the ledger posted for it. */
export interface BookedPurchase {
  accountId: string
  purchaseId: string
  origin: string
  state: string
  paymentIntentId: string | null
  livemode: boolean
  currency: string
  /** Before discount and tax; null until it was paid, as the three below. */
  subtotal: Money | null
  discount: Money | null
  tax: Money | null
  /** What was paid. */
  total: Money | null
  /** Credit posted for the payment. */
  credited: Money
  /** Credit taken back for refunds, less what was given back. */
  takenByRefunds: Money
  /** Credit taken back for lost disputes, less what was given back. */
  takenByDisputes: Money
  /** Credit that waits in the disputed bucket. */
  frozen: Money
  refunds: BookedRefund[]
  disputes: BookedDispute[]
  /** Of its automatic charge; null for a purchase by hand. */
  attemptState: string | null
}

export const findingKinds = [
  'payment_not_credited',
  'credited_without_payment',
  'attempt_without_payment',
  'paid_twice',
  'amount_differs',
  'currency_differs',
  'mode_differs',
  'wrong_account',
  'unknown_purchase',
  'payment_put_aside',
  'refund_not_taken',
  'refund_taken_but_failed',
  'dispute_not_followed',
  'balance_transaction_missing',
  'balance_transaction_differs',
  'account_total_differs',
] as const
export type FindingKind = (typeof findingKinds)[number]

/** open: a difference, for a person. healed: it was one, and the reconciliation put it right. known: a person has it already. */
export type FindingState = 'open' | 'healed' | 'known'

export interface Finding {
  kind: FindingKind
  accountId: string | null
  purchaseId: string | null
  paymentIntentId: string | null
  /** The refund, dispute or balance transaction that it is about, when it is not the payment. */
  objectId: string | null
  /** What Stripe says, and what our books say; null where one side says nothing. */
  atStripe: Money | null
  inBooks: Money | null
  sentence: string
}

/** What an operator does about each kind. */
const whatToDo: Record<FindingKind, string> = {
  payment_not_credited:
    'Look at the purchase and its last events. If it stays, settle it by hand or refund the payment in Stripe.',
  credited_without_payment:
    'Look for the payment in Stripe. If there is none, find out who changed the purchase, and take the credit back.',
  attempt_without_payment: 'Look for the payment in Stripe. If there is none, find out who changed the attempt.',
  paid_twice: 'Refund the second payment in Stripe: no credit was given for it.',
  amount_differs:
    'Compare the receipt with the purchase. Refund or credit the difference, and find out where it comes from.',
  currency_differs: 'Refund the payment in Stripe: it is not in the currency of the account.',
  mode_differs: 'Check which key this installation runs with. Test money must never become credit of a live account.',
  wrong_account:
    'Find out who paid. Refund the payment in Stripe, or correct its account, before either of them spends it.',
  unknown_purchase:
    'Check whether another installation uses this Stripe account, or a backup was restored. Else refund the payment.',
  payment_put_aside: 'Decide the purchase that is under review: refund the payment in Stripe, or credit it by hand.',
  refund_not_taken: 'Read the refunds of the purchase again; if it stays, look at the dead events and the job queue.',
  refund_taken_but_failed:
    'Read the refunds of the purchase again, so that the customer has the credit back; if it stays, look at the dead events.',
  dispute_not_followed:
    'Read the disputes of the purchase again; if it stays, look at the dead events and the job queue.',
  balance_transaction_missing: 'Look at the payment in Stripe: money was taken that has not reached the balance.',
  balance_transaction_differs: 'Compare the balance transaction with its source in Stripe, and ask Stripe about it.',
  account_total_differs:
    'Run the books check. A transfer of this account belongs to no payment, or one was changed: find which.',
}

export const todoOf = (kind: FindingKind): string => whatToDo[kind]

/** What puts a finding right without a person: the verb that everybody else runs for it. */
export type Remedy = 'settle' | 'synchronise' | null

const remedies: Partial<Record<FindingKind, Remedy>> = {
  payment_not_credited: 'settle',
  refund_not_taken: 'synchronise',
  refund_taken_but_failed: 'synchronise',
  dispute_not_followed: 'synchronise',
}

export const remedyOf = (kind: FindingKind): Remedy => remedies[kind] ?? null

/** Two findings with the same key are the same difference, seen twice. */
export const keyOf = ({ kind, paymentIntentId, purchaseId, objectId }: Finding): string =>
  [kind, paymentIntentId ?? purchaseId, objectId].join(' ')

/** Stripe books a charge a moment after it succeeded. */
export const bookedWithinMs = hourMs

/** What moved this lately may still be under way, on either side. */
export const settlesWithinMs = 5 * minuteMs

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

/** The credit that was paid for: the price before tax less the discount, which is a gift of its own. */
export const paidCreditOf = ({ subtotal, discount, currency }: BookedPurchase): Money =>
  subtract(subtotal ?? zero(currency), discount ?? zero(currency))

/** Refunds that return money now, or will unless they fail. */
const isReturning = (status: string): boolean => ['pending', 'requires_action', 'succeeded'].includes(status)

export const returnedOf = ({ refunds, received }: PaymentAtStripe): Money =>
  sum(
    refunds.filter(({ status }) => isReturning(status)).map(({ amount }) => amount),
    received.currency,
  )

export const withdrawnOf = ({ disputes, received }: PaymentAtStripe): Money =>
  sum(
    disputes.map(({ withdrawn }) => withdrawn),
    received.currency,
  )

/** What a purchase should have given up, by what Stripe says of its payment now. */
interface Owed {
  byRefunds: Money
  byDisputes: Money
  /** The most that may be frozen: what is left of the grant is. */
  frozen: Money
}

/** Statuses in which the bank has decided against us, for now or for good: the credit is taken, spent or not. */
const lost = ['lost', 'appeal_needs_response', 'appeal_under_review']
const undecided = ['needs_response', 'under_review']
/** Statuses in which no money is away. A status that we do not know is one of these while nothing is withdrawn. */
const harmless = ['won', 'prevented', 'warning_needs_response', 'warning_under_review', 'warning_closed']

const isHarmless = ({ status, withdrawn }: DisputeAtStripe): boolean =>
  harmless.includes(status) || (![...lost, ...undecided].includes(status) && !isPositive(withdrawn))

/** Refunds count first, then each dispute in the order in which they were opened: together never more than was paid. */
function owedOf(purchase: BookedPurchase, payment: PaymentAtStripe): Owed {
  let returned = add(returnedOf(payment), requestedOf(purchase))
  const byRefunds = creditFor(purchase, returned)
  const owed: Owed = { byRefunds, byDisputes: zero(purchase.currency), frozen: zero(purchase.currency) }
  for (const dispute of payment.disputes) {
    if (isHarmless(dispute)) continue
    const before = creditFor(purchase, returned)
    returned = add(returned, dispute.amount)
    const part = subtract(creditFor(purchase, returned), before)
    if (lost.includes(dispute.status)) owed.byDisputes = add(owed.byDisputes, part)
    else owed.frozen = add(owed.frozen, part)
  }
  return owed
}

/** Refunds that were asked for here and that Stripe does not know yet: their credit is taken first. */
const requestedOf = ({ refunds, currency }: BookedPurchase): Money =>
  sum(
    refunds
      .filter(({ state, stripeRefundId }) => state === 'requested' && stripeRefundId === null)
      .map((refund) => refund.amount),
    currency,
  )

/** What the payments bucket of the ledger must have of a payment: the credit paid for, less what was taken back. */
export function expectedCredit(purchase: BookedPurchase, payment: PaymentAtStripe): Money {
  const { byRefunds, byDisputes } = owedOf(purchase, payment)
  return subtract(paidCreditOf(purchase), add(byRefunds, byDisputes))
}

/** Credit stands for returned money in proportion, tax included: all of it when all of the money is returned. */
function creditFor(purchase: BookedPurchase, returned: Money): Money {
  const [paid, total] = [paidCreditOf(purchase), purchase.total]
  if (!total || !isPositive(total)) return zero(purchase.currency)
  return least(paid, money((paid.nanos * returned.nanos) / total.nanos, purchase.currency))
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

/** What one payment adds to the totals of both sides. */
export interface Position {
  charged: Money
  refunded: Money
  withdrawn: Money
  /** What the payments bucket of the ledger must have. */
  expected: Money
  bookedCharged: Money
  bookedRefunded: Money
  bookedWithdrawn: Money
  bookedTax: Money
  bookedDiscount: Money
  /** What the payments bucket has. */
  posted: Money
}

/** Both sides of one payment in figures: nothing on a side that does not have it. */
export function positionOf(payment: PaymentAtStripe | null, purchase: BookedPurchase | null): Position {
  const currency = payment?.received.currency ?? purchase!.currency
  const none = zero(currency)
  const isTaken = payment?.status === 'succeeded'
  const booked = purchase && purchase.currency === currency && isBookedWith(purchase, payment) ? purchase : null
  return {
    charged: isTaken ? payment.received : none,
    refunded: isTaken ? returnedOf(payment) : none,
    withdrawn: isTaken ? withdrawnOf(payment) : none,
    expected: isTaken && booked?.state === 'paid' ? expectedCredit(booked, payment) : none,
    bookedCharged: booked?.total ?? none,
    bookedRefunded: booked
      ? sum(
          booked.refunds.filter(({ state }) => isReturning(state)).map(({ amount }) => amount),
          currency,
        )
      : none,
    bookedWithdrawn: booked
      ? sum(
          booked.disputes.map(({ withdrawn }) => withdrawn),
          currency,
        )
      : none,
    bookedTax: booked?.tax ?? none,
    bookedDiscount: booked?.discount ?? none,
    posted: booked ? postedOf(booked) : none,
  }
}

const isBookedWith = (purchase: BookedPurchase, payment: PaymentAtStripe | null): boolean =>
  (purchase.state === 'paid' || purchase.state === 'quarantined') &&
  (payment === null || purchase.paymentIntentId === payment.paymentIntentId)

/** What the payments bucket has of a purchase. */
export const postedOf = ({ credited, takenByRefunds, takenByDisputes }: BookedPurchase): Money =>
  subtract(credited, add(takenByRefunds, takenByDisputes))
