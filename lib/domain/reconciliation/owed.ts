/** What credit a payment at Stripe stands for now, after its refunds and disputes. Pure; apart from the code that posts. */
import { add, isPositive, least, type Money, money, subtract, sum, zero } from '@/lib/core/money'
import type { BookedPurchase, DisputeAtStripe, PaymentAtStripe } from './rules'

/** The credit that was paid for: the price before tax less the discount, which is a gift of its own. */
export const paidCreditOf = ({ subtotal, discount, currency }: BookedPurchase): Money =>
  subtract(subtotal ?? zero(currency), discount ?? zero(currency))

/** Refunds that return money now, or will unless they fail. */
export const isReturning = (status: string): boolean => ['pending', 'requires_action', 'succeeded'].includes(status)

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
export interface Owed {
  byRefunds: Money
  byDisputes: Money
  /** The most that may be frozen: what is left of the grant is. */
  frozen: Money
}

/** Statuses in which the bank has decided against us, for now or for good: the credit is taken, spent or not. */
export const lostStatuses = ['lost', 'appeal_needs_response', 'appeal_under_review']
const undecided = ['needs_response', 'under_review']
/** Statuses in which no money is away. A status that we do not know is one of these while nothing is withdrawn. */
const harmless = ['won', 'prevented', 'warning_needs_response', 'warning_under_review', 'warning_closed']

export const isHarmless = ({ status, withdrawn }: DisputeAtStripe): boolean =>
  harmless.includes(status) || (![...lostStatuses, ...undecided].includes(status) && !isPositive(withdrawn))

/** Refunds count first, then each dispute in the order in which they were opened: together never more than was paid. */
export function owedOf(purchase: BookedPurchase, payment: PaymentAtStripe): Owed {
  let returned = add(returnedOf(payment), requestedOf(purchase))
  const byRefunds = creditFor(purchase, returned)
  const owed: Owed = { byRefunds, byDisputes: zero(purchase.currency), frozen: zero(purchase.currency) }
  for (const dispute of payment.disputes) {
    if (isHarmless(dispute)) continue
    const before = creditFor(purchase, returned)
    returned = add(returned, dispute.amount)
    const part = subtract(creditFor(purchase, returned), before)
    if (lostStatuses.includes(dispute.status)) owed.byDisputes = add(owed.byDisputes, part)
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
