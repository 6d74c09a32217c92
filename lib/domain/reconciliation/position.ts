/** Both sides of one payment in figures. Pure. */
import { add, type Money, subtract, sum, zero } from '@/lib/core/money'
import { expectedCredit, isReturning, returnedOf, withdrawnOf } from './owed'
import type { BookedPurchase, PaymentAtStripe } from './rules'

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
