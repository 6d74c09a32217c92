import type Stripe from 'stripe'
import { newId } from '@/lib/core/ids'
import { type Money, wholeCents } from '@/lib/core/money'
import { type CheckoutFacts, checkoutFacts } from './facts'
import { ask, checkId, isMissing, RefusedByStripe } from './problems'

/** customer_missing: deleted at Stripe, or of the other mode. refused: our parameters; nothing was opened. */
export type OpenedCheckout =
  | { kind: 'opened'; checkout: CheckoutFacts }
  | { kind: 'customer_missing' }
  | { kind: 'refused'; code: string; message: string }

/** Everything that is read of a session and its payment, in one call. */
const expand = [
  'payment_intent.latest_charge',
  'payment_intent.payment_method',
  'setup_intent.payment_method',
  'discounts.promotion_code',
  'invoice',
]

/** What the page offers beside the payment of the amount by card. */
interface CheckoutOffer {
  promotionCodes: boolean
  /** Stripe works out the tax on top of the amount, asks for a billing address and takes a tax id. */
  tax: boolean
  invoice: boolean
  methods: ('card' | 'us_bank_account')[]
}

const cardAlone: CheckoutOffer = { promotionCodes: false, tax: false, invoice: false, methods: ['card'] }

/**
 * Opens the page on which a customer pays `amount` (whole cents) once. It stays open for 24 hours.
 * The same `idempotencyKey` with the same order opens the same page.
 * @throws Refusal `payment_provider_unavailable`: the page may exist; ask again with the same key.
 */
export function openCheckout(order: {
  idempotencyKey: string
  customerId: string
  amount: Money
  /** What the page and the receipt call it. */
  description: string
  clientReferenceId: string
  /** Stands on the session and on its payment. */
  metadata: Record<string, string>
  savesCard: boolean
  receiptEmail: string
  successUrl: string
  cancelUrl: string
  /** Payment by card and nothing else, unless said otherwise. */
  offer?: CheckoutOffer
}): Promise<OpenedCheckout> {
  const offer = order.offer ?? cardAlone
  return open(order.idempotencyKey, {
    mode: 'payment',
    customer: checkId(order.customerId, 'cus'),
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: order.amount.currency,
          unit_amount: chargeableCents(order.amount),
          product_data: { name: order.description },
          // On top of the amount: credit equals the amount, tax is never inside it.
          ...(offer.tax && { tax_behavior: 'exclusive' as const }),
        },
      },
    ],
    client_reference_id: order.clientReferenceId,
    metadata: order.metadata,
    payment_intent_data: {
      metadata: order.metadata,
      description: order.description,
      receipt_email: order.receiptEmail,
      ...(order.savesCard && { setup_future_usage: 'off_session' }),
    },
    allowed_payment_method_types: offer.methods,
    ...(offer.promotionCodes && { allow_promotion_codes: true }),
    ...(offer.invoice && { invoice_creation: { enabled: true } }),
    ...(offer.tax && taxed),
    // Always the account's own currency: what is paid must be what was ordered, to the cent.
    adaptive_pricing: { enabled: false },
    success_url: order.successUrl,
    cancel_url: order.cancelUrl,
  })
}

const taxed = {
  automatic_tax: { enabled: true },
  tax_id_collection: { enabled: true },
  billing_address_collection: 'required',
  // What the customer types is kept on the customer at Stripe, where the tax is worked out from.
  customer_update: { address: 'auto', name: 'auto' },
} satisfies Partial<Stripe.Checkout.SessionCreateParams>

/** Opens the page on which a customer saves a card without paying. @throws Refusal `payment_provider_unavailable` */
export function openSetupCheckout(order: {
  idempotencyKey: string
  customerId: string
  currency: string
  metadata: Record<string, string>
  successUrl: string
  cancelUrl: string
}): Promise<OpenedCheckout> {
  return open(order.idempotencyKey, {
    mode: 'setup',
    currency: order.currency,
    customer: checkId(order.customerId, 'cus'),
    metadata: order.metadata,
    setup_intent_data: { metadata: order.metadata },
    success_url: order.successUrl,
    cancel_url: order.cancelUrl,
  })
}

async function open(idempotencyKey: string, params: Stripe.Checkout.SessionCreateParams): Promise<OpenedCheckout> {
  try {
    const session = await ask('checkout.session', (client) =>
      client.checkout.sessions.create(params, { idempotencyKey }),
    )
    return { kind: 'opened', checkout: checkoutFacts(session) }
  } catch (error) {
    if (isMissing(error, 'customer')) return { kind: 'customer_missing' }
    if (error instanceof RefusedByStripe) return { kind: 'refused', code: error.code, message: error.message }
    throw error
  }
}

/** A session with its payment or set-up, as it is now; null when there is none. @throws Refusal `payment_provider_unavailable` */
export async function readCheckout(sessionId: string): Promise<CheckoutFacts | null> {
  try {
    const session = await ask('checkout.session', (client) =>
      client.checkout.sessions.retrieve(checkId(sessionId, 'cs'), { expand }),
    )
    return checkoutFacts(session)
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Closes an open session, so that it can no longer be paid. Returns it as it then is: it may have been paid before. */
export async function expireCheckout(sessionId: string): Promise<CheckoutFacts | null> {
  try {
    await ask('checkout.session', (client) =>
      client.checkout.sessions.expire(checkId(sessionId, 'cs'), {}, { idempotencyKey: `expire:${newId()}` }),
    )
  } catch (error) {
    if (!(error instanceof RefusedByStripe)) throw error // it was not open any more, or never was
  }
  return readCheckout(sessionId)
}

const mostListed = 500

/** The customer's sessions of one kind of lookup, newest first, at most 500. @throws Refusal `payment_provider_unavailable` */
export async function listCheckouts(
  by: { customerId: string } | { paymentIntentId: string },
): Promise<CheckoutFacts[]> {
  const filter =
    'customerId' in by
      ? { customer: checkId(by.customerId, 'cus') }
      : { payment_intent: checkId(by.paymentIntentId, 'pi') }
  const found: CheckoutFacts[] = []
  for (let after: string | undefined; found.length < mostListed; ) {
    const page = await listPage({ ...filter, limit: 100, ...(after && { starting_after: after }) })
    if (!page) break
    found.push(...page.data.map(checkoutFacts))
    after = page.data.at(-1)?.id
    if (!page.has_more || !after) break
  }
  return found
}

async function listPage(params: Stripe.Checkout.SessionListParams) {
  try {
    return await ask('list', (client) => client.checkout.sessions.list(params))
  } catch (error) {
    if (error instanceof RefusedByStripe) return null // the customer is gone, and the filter with it
    throw error
  }
}

/** @throws Error when the amount has a part below a cent: no card can pay that, so no order may hold it. */
export function chargeableCents(amount: Money): number {
  const whole = wholeCents(amount)
  if (whole === null || whole <= 0 || whole > 99_999_999)
    throw new Error(`not an amount that Stripe takes: ${amount.nanos}`)
  return whole
}
