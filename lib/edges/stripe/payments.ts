import Stripe from 'stripe'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import type { Money } from '@/lib/core/money'
import { chargeableCents } from './checkout'
import { stripe } from './client'
import {
  type ChargeFacts,
  chargeFacts,
  type DeclineFacts,
  declineFacts,
  type EventHint,
  eventHint,
  type PaymentFacts,
  paymentFacts,
  type SetupFacts,
  setupFacts,
} from './facts'
import { ask, checkId, expectObject, isMissing, problemOf, RefusedByStripe } from './problems'

const expand = ['latest_charge', 'payment_method']

/**
 * What came of charging a saved card.
 * succeeded, declined, requires_action (the bank wants the customer): it is known. processing: known later.
 * refused: nothing happened, and the same call will never succeed (card or customer gone, or a key used for another
 * order). unknown: it may have happened; ask again with the same key and the same order. misconfigured: our key.
 */
export type ChargeOutcome =
  | { kind: 'succeeded'; payment: PaymentFacts }
  | { kind: 'processing'; payment: PaymentFacts }
  | ({ kind: 'declined'; paymentIntentId: string | null; networkAdviceCode: string | null } & DeclineFacts)
  | { kind: 'requires_action'; paymentIntentId: string | null; message: string }
  | { kind: 'refused'; code: string; param: string | null; message: string }
  | { kind: 'unknown'; message: string }
  | { kind: 'misconfigured'; message: string }

/** The order of an automatic charge. Sent byte for byte again under its key, so it is stored before the first try. */
export interface ChargeOrder {
  idempotencyKey: string
  customerId: string
  stripePaymentMethodId: string
  /** Whole cents. */
  amount: Money
  description: string
  receiptEmail: string
  metadata: Record<string, string>
}

/** Charges a saved card while the customer is away. Never throws for what Stripe or the network does. */
export async function chargeSavedCard(order: ChargeOrder): Promise<ChargeOutcome> {
  const params = {
    amount: chargeableCents(order.amount),
    currency: order.amount.currency,
    customer: checkId(order.customerId, 'cus'),
    payment_method: checkId(order.stripePaymentMethodId, 'pm'),
    off_session: true,
    confirm: true,
    // Without it a card that needs its owner would wait in requires_action for ever.
    error_on_requires_action: true,
    description: order.description,
    receipt_email: order.receiptEmail,
    metadata: order.metadata,
    expand,
  } satisfies Stripe.PaymentIntentCreateParams
  try {
    const intent = await stripe().paymentIntents.create(params, { idempotencyKey: order.idempotencyKey })
    return outcomeOf(paymentFacts(expectObject(intent, 'payment_intent')))
  } catch (error) {
    return failureOf(error)
  }
}

function failureOf(error: unknown): ChargeOutcome {
  if (error instanceof Refusal) return { kind: 'unknown', message: 'Stripe answered with something else.' }
  if (error instanceof Stripe.errors.StripeCardError) {
    const paymentIntentId = error.payment_intent?.id ?? null
    if (error.code === 'authentication_required') {
      return { kind: 'requires_action', paymentIntentId, message: error.message }
    }
    const latest = error.payment_intent?.latest_charge
    return {
      kind: 'declined',
      paymentIntentId,
      networkAdviceCode:
        (latest && typeof latest !== 'string' ? chargeFacts(latest).networkAdviceCode : null) ??
        (error.raw as { network_advice_code?: string } | undefined)?.network_advice_code ??
        null,
      ...declineFacts({
        code: error.code ?? null,
        decline_code: error.decline_code ?? null,
        advice_code: (error.raw as { advice_code?: string } | undefined)?.advice_code ?? null,
        message: error.message,
      }),
    }
  }
  return problemOf(error)
}

/** What a payment's present state says of the charge that made it. */
export function outcomeOf(payment: PaymentFacts): ChargeOutcome {
  const { paymentIntentId, decline } = payment
  if (payment.status === 'succeeded') return { kind: 'succeeded', payment }
  if (payment.status === 'processing' || payment.status === 'requires_capture') return { kind: 'processing', payment }
  if (payment.status === 'requires_action' || decline?.declineCode === 'authentication_required') {
    return { kind: 'requires_action', paymentIntentId, message: decline?.message ?? 'The bank wants the customer.' }
  }
  return {
    kind: 'declined',
    paymentIntentId,
    networkAdviceCode: payment.charge?.networkAdviceCode ?? null,
    declineCode: decline?.declineCode ?? payment.status,
    adviceCode: decline?.adviceCode ?? null,
    message: decline?.message ?? 'The payment did not go through.',
  }
}

/** A payment as it is now; null when there is none. @throws Refusal `payment_provider_unavailable` */
export const readPayment = (paymentIntentId: string): Promise<PaymentFacts | null> =>
  orNull(async () =>
    paymentFacts(
      await ask('payment_intent', (client) =>
        client.paymentIntents.retrieve(checkId(paymentIntentId, 'pi'), { expand }),
      ),
    ),
  )

/** A charge as it is now; null when there is none. @throws Refusal `payment_provider_unavailable` */
export const readCharge = (chargeId: string): Promise<ChargeFacts | null> =>
  orNull(async () =>
    chargeFacts(await ask('charge', (client) => client.charges.retrieve(checkId(chargeId, '(ch|py)')))),
  )

/** A card set-up as it is now; null when there is none. @throws Refusal `payment_provider_unavailable` */
export const readSetup = (setupIntentId: string): Promise<SetupFacts | null> =>
  orNull(async () =>
    setupFacts(
      await ask('setup_intent', (client) =>
        client.setupIntents.retrieve(checkId(setupIntentId, 'seti'), { expand: ['payment_method'] }),
      ),
    ),
  )

/**
 * Cancels a payment that has not succeeded, and returns it as it then is: it may have succeeded before.
 * @throws Refusal `payment_provider_unavailable`
 */
export async function cancelPayment(paymentIntentId: string): Promise<PaymentFacts | null> {
  try {
    await ask('payment_intent', (client) =>
      client.paymentIntents.cancel(checkId(paymentIntentId, 'pi'), {}, { idempotencyKey: `cancel:${newId()}` }),
    )
  } catch (error) {
    if (!(error instanceof RefusedByStripe)) throw error // it had ended already
  }
  return readPayment(paymentIntentId)
}

const mostListed = 500

/** The customer's payments since an instant, newest first, at most 500. @throws Refusal `payment_provider_unavailable` */
export async function listPaymentsByCustomer(customerId: string, since?: Date): Promise<PaymentFacts[]> {
  const found: PaymentFacts[] = []
  for (let after: string | undefined; found.length < mostListed; ) {
    const page = await ask('list', (client) =>
      client.paymentIntents.list({
        customer: checkId(customerId, 'cus'),
        limit: 100,
        expand: expand.map((name) => `data.${name}`),
        ...(since && { created: { gte: unixSeconds(since) } }),
        ...(after && { starting_after: after }),
      }),
    ).catch((error) => {
      if (error instanceof RefusedByStripe) return null // the customer is gone, and the filter with it
      throw error
    })
    if (!page) break
    found.push(...page.data.map(paymentFacts))
    after = page.data.at(-1)?.id
    if (!page.has_more || !after) break
  }
  return found
}

/**
 * Hands every event since an instant to `see`, oldest page last, at most `mostPages` pages of 100.
 * Returns false when there were more. @throws Refusal `payment_provider_unavailable`
 */
export async function eachEventSince(
  since: Date,
  see: (events: EventHint[]) => Promise<void>,
  mostPages = 100,
): Promise<boolean> {
  let after: string | undefined
  for (let pages = 0; pages < mostPages; pages++) {
    const page = await ask('list', (client) =>
      client.events.list({
        limit: 100,
        created: { gte: unixSeconds(since) },
        ...(after && { starting_after: after }),
      }),
    )
    await see(page.data.map((event) => eventHint(event as unknown as Record<string, unknown>)))
    after = page.data.at(-1)?.id
    if (!page.has_more || !after) return true
  }
  return false
}

const unixSeconds = (instant: Date): number => Math.floor(instant.getTime() / 1000)

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}
