import { Refusal } from '@/lib/core/errors'
import { parseMoney } from '@/lib/core/money'
import { env } from '@/lib/edges/env'
import {
  type ChargeOutcome,
  cancelPayment,
  chargeSavedCard,
  listPaymentsByCustomer,
  outcomeOf,
  type PaymentFacts,
  readPayment,
  readPaymentMethod,
} from '@/lib/edges/stripe'
import { type PaidFacts, paidByCharge } from '../purchases'
import { givenUpAfterMs, resendForMs } from './declines'
import type { Attempt } from './store'

/** What is known of an attempt's charge. nothing: Stripe never made it, and never will. */
export type Outcome =
  | { kind: 'succeeded'; paid: PaidFacts; paymentIntentId: string | null }
  | (Extract<ChargeOutcome, { kind: 'refused' }> & { isCardGone: boolean })
  | Exclude<ChargeOutcome, { kind: 'succeeded' | 'refused' }>
  | { kind: 'nothing' }

/**
 * Charges the card the first time; after that, finds out what became of the charge. Looks before it sends again: Stripe
 * repeats a stored failure under its key even when the charge went through.
 */
export async function learnOutcome(
  attempt: Attempt,
  { mayCharge, at }: { mayCharge: boolean; at: Date },
): Promise<Outcome> {
  try {
    if (attempt.tries === 1) return await charge(attempt)
    return await findOut(attempt, mayCharge && env().AUTO_TOP_UP_OFF === '0', at)
  } catch (error) {
    return unavailable(error)
  }
}

async function charge({ request }: Attempt): Promise<Outcome> {
  const { amount, currency, ...order } = request
  const outcome = await chargeSavedCard({ ...order, amount: parseMoney(amount, 'amount', currency) })
  if (outcome.kind !== 'refused') return withPaidFacts(outcome)
  // Stripe does not say by a code that a card was taken from its customer.
  const card = await readPaymentMethod(order.stripePaymentMethodId)
  return { ...outcome, isCardGone: card?.customerId !== order.customerId }
}

async function findOut(attempt: Attempt, mayCharge: boolean, at: Date): Promise<Outcome> {
  const payment = await findPayment(attempt)
  if (payment && isTold(payment)) return withPaidFacts(outcomeOf(payment))

  const ageMs = at.getTime() - attempt.createdAt.getTime()
  if (ageMs < resendForMs && mayCharge) return charge(attempt)
  if (ageMs < givenUpAfterMs) return { kind: 'unknown', message: 'Waiting to see whether the request still arrives.' }
  const canceled = payment && (await cancelPayment(payment.paymentIntentId))
  return canceled && canceled.status !== 'canceled' ? withPaidFacts(outcomeOf(canceled)) : { kind: 'nothing' }
}

/** The payment of an attempt at Stripe, whether or not we ever heard its id. @throws Refusal `payment_provider_unavailable` */
export async function findPayment({ attemptId, paymentIntentId, request }: Attempt): Promise<PaymentFacts | null> {
  if (paymentIntentId) return readPayment(paymentIntentId)
  const payments = await listPaymentsByCustomer(request.customerId)
  return payments.find(({ metadata }) => metadata.attempt_id === attemptId) ?? null
}

/** Whether a payment's state says what came of it: a payment that was made but not yet tried says nothing. */
const isTold = ({ status, decline }: PaymentFacts): boolean =>
  decline !== null || !['requires_payment_method', 'requires_confirmation'].includes(status)

function withPaidFacts(outcome: ChargeOutcome): Outcome {
  if (outcome.kind === 'refused') return { ...outcome, isCardGone: false }
  if (outcome.kind !== 'succeeded') return outcome
  const { payment } = outcome
  return { kind: 'succeeded', paid: paidByCharge(payment), paymentIntentId: payment.paymentIntentId }
}

/** Stripe could not be asked: an outage is not a decline. Anything else is a bug and is thrown on. */
function unavailable(error: unknown): Outcome {
  if (error instanceof Refusal && error.code === 'payment_provider_unavailable') {
    return { kind: 'unknown', message: error.message }
  }
  throw error
}
