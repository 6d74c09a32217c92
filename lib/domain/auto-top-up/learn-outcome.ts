import { Refusal } from '@/lib/core/errors'
import { parseMoney } from '@/lib/core/money'
import { crashPoint } from '@/lib/edges/crash-points'
import {
  type ChargeOutcome,
  cancelPayment,
  chargeSavedCard,
  KeyRefusedByStripe,
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
  /** Another order was sent under the attempt's key: a bug of ours. Whether it was paid is looked up. */
  | { kind: 'key_conflict'; message: string }

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
    return await findOut(attempt, mayCharge, at)
  } catch (error) {
    return unavailable(error)
  }
}

async function charge({ request }: Attempt): Promise<Outcome> {
  const { amount, currency, ...order } = request
  const outcome = await chargeSavedCard({ ...order, amount: parseMoney(amount, 'amount', currency) })
  if (outcome.kind !== 'refused') return withPaidFacts(outcome)
  if (outcome.code === 'idempotency_error') return { kind: 'key_conflict', message: outcome.message }
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
  crashPoint('top-up:after-give-up')
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
  if (error instanceof KeyRefusedByStripe) return { kind: 'misconfigured', message: error.message }
  if (error instanceof Refusal && error.code === 'payment_provider_unavailable') {
    return { kind: 'unknown', message: error.message }
  }
  throw error
}
