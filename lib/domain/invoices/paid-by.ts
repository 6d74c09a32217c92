import { compare, isPositive } from '@/lib/core/money'
import { dayMs } from '@/lib/core/time'
import { type PaymentFacts, readPayment, readPaymentsOfInvoice, type StripeInvoiceFacts } from '@/lib/edges/stripe'

/**
 * How an invoice was paid. payment: by one payment of Stripe's, which can be refunded and disputed as a purchase's can. other: outside of
 * Stripe, or by several payments.
 */
export type PaidBy = { kind: 'payment'; payment: PaymentFacts } | { kind: 'other' }

/** Stripe's list of payments may be a moment behind the invoice; after a day it says all that it will. */
const listedWithinMs = dayMs

/** What paid an invoice at Stripe; null when nothing did, or when Stripe does not tell it yet. @throws Refusal `payment_provider_unavailable` */
export async function readPaidBy(facts: StripeInvoiceFacts, at: Date): Promise<PaidBy | null> {
  if (facts.status !== 'paid' || !isPositive(facts.paid)) return null
  if (isPositive(facts.paidOutside)) return { kind: 'other' }
  const [first, second] = await readPaymentsOfInvoice(facts.stripeInvoiceId)
  if (!first) return at.getTime() - (facts.paidAt ?? at).getTime() > listedWithinMs ? { kind: 'other' } : null
  if (second || !first.paymentIntentId) return { kind: 'other' }
  const payment = await readPayment(first.paymentIntentId)
  if (payment?.status !== 'succeeded') return null
  return compare(payment.received, facts.paid) === 0 ? { kind: 'payment', payment } : { kind: 'other' }
}
