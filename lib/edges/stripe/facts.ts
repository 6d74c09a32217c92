/** What the rest of Purse knows of Stripe's objects: plain facts in our words, read at one place. */
import type Stripe from 'stripe'
import { cents, type Money } from '@/lib/core/money'

/** A card as people recognise it. */
export interface CardFacts {
  stripePaymentMethodId: string
  /** The customer it belongs to at Stripe; null when it is not (or no longer) saved. */
  customerId: string | null
  brand: string
  last4: string
  expMonth: number
  expYear: number
  fingerprint: string | null
}

/** A bank account as people recognise it. */
export interface BankFacts {
  name: string
  last4: string
}

/** Stripe's invoice of a payment: number and links come a moment after the payment. */
export interface InvoiceFacts {
  invoiceId: string
  number: string | null
  pdfUrl: string | null
  hostedUrl: string | null
}

export interface ChargeFacts {
  chargeId: string
  paymentIntentId: string | null
  receiptUrl: string | null
  receiptNumber: string | null
  cardBrand: string | null
  cardLast4: string | null
  bank: BankFacts | null
  networkAdviceCode: string | null
  /** What refunds have returned of it, those under way included. */
  refunded: Money
  isDisputed: boolean
}

export interface DeclineFacts {
  /** e.g. "insufficient_funds"; Stripe's error code where the bank gave none. */
  declineCode: string
  /** e.g. "do_not_try_again". */
  adviceCode: string | null
  /** Stripe's sentence for the customer. */
  message: string
}

export type PaymentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled'

export interface PaymentFacts {
  paymentIntentId: string
  status: PaymentStatus
  amount: Money
  received: Money
  customerId: string | null
  livemode: boolean
  metadata: Record<string, string>
  createdAt: Date
  /** The card it was or will be paid with. */
  card: CardFacts | null
  /** The bank account it was or will be taken from. */
  bank: BankFacts | null
  /** Whether the customer agreed that the card is kept for charges without them. */
  isCardSaved: boolean
  charge: ChargeFacts | null
  /** Why the last try did not go through. */
  decline: DeclineFacts | null
}

export interface CheckoutFacts {
  sessionId: string
  mode: 'payment' | 'setup'
  status: 'open' | 'complete' | 'expired'
  paymentStatus: 'paid' | 'unpaid' | 'no_payment_required'
  /** Where the customer pays; null once it is no longer open. */
  url: string | null
  subtotal: Money
  discount: Money
  tax: Money
  total: Money
  customerId: string | null
  clientReferenceId: string | null
  livemode: boolean
  metadata: Record<string, string>
  createdAt: Date
  expiresAt: Date
  payment: PaymentFacts | null
  setup: SetupFacts | null
  /** The code that the customer typed, when it gave a discount. */
  promotionCode: string | null
  invoice: InvoiceFacts | null
}

export interface SetupFacts {
  setupIntentId: string
  isSucceeded: boolean
  customerId: string | null
  livemode: boolean
  metadata: Record<string, string>
  card: CardFacts | null
}

/** All that is believed of an event: which object to look at. */
export interface EventHint {
  eventId: string
  type: string
  livemode: boolean
  apiVersion: string | null
  /** The id of the object it speaks of; null when it names none. */
  objectId: string | null
  createdAt: Date
}

type Reference = string | { id: string } | null | undefined

export const idOf = (reference: Reference): string | null =>
  typeof reference === 'string' ? reference : (reference?.id ?? null)

const expanded = <T extends { id: string }>(reference: string | T | null | undefined): T | null =>
  reference && typeof reference !== 'string' ? reference : null

export const dateOf = (seconds: number): Date => new Date(seconds * 1000)

export function chargeFacts(charge: Stripe.Charge): ChargeFacts {
  const card = charge.payment_method_details?.card
  return {
    chargeId: charge.id,
    paymentIntentId: idOf(charge.payment_intent),
    receiptUrl: charge.receipt_url ?? null,
    receiptNumber: charge.receipt_number ?? null,
    cardBrand: card?.brand ?? null,
    cardLast4: card?.last4 ?? null,
    bank: bankFacts(charge.payment_method_details?.us_bank_account),
    networkAdviceCode: charge.outcome?.network_advice_code ?? null,
    refunded: cents(charge.amount_refunded ?? 0, charge.currency),
    isDisputed: charge.disputed === true,
  }
}

const bankFacts = (account: { bank_name: string | null; last4: string | null } | undefined): BankFacts | null =>
  account?.last4 ? { name: account.bank_name ?? 'Bank account', last4: account.last4 } : null

export function cardFacts(method: Stripe.PaymentMethod): CardFacts | null {
  const { card } = method
  if (!card) return null
  return {
    stripePaymentMethodId: method.id,
    customerId: idOf(method.customer),
    brand: card.brand,
    last4: card.last4,
    expMonth: card.exp_month,
    expYear: card.exp_year,
    fingerprint: card.fingerprint ?? null,
  }
}

export function declineFacts(error: {
  code?: string | null
  decline_code?: string | null
  advice_code?: string | null
  message?: string | null
}): DeclineFacts {
  return {
    declineCode: error.decline_code || error.code || 'generic_decline',
    adviceCode: error.advice_code || null,
    message: error.message ?? 'The card was declined.',
  }
}

export function paymentFacts(intent: Stripe.PaymentIntent): PaymentFacts {
  const charge = expanded(intent.latest_charge)
  const method = expanded(intent.payment_method)
  const error = intent.last_payment_error
  return {
    paymentIntentId: intent.id,
    status: intent.status as PaymentStatus,
    amount: cents(intent.amount, intent.currency),
    received: cents(intent.amount_received, intent.currency),
    customerId: idOf(intent.customer),
    livemode: intent.livemode,
    metadata: intent.metadata,
    createdAt: dateOf(intent.created),
    card: method ? cardFacts(method) : null,
    bank: bankFacts(method?.us_bank_account),
    isCardSaved: intent.setup_future_usage === 'off_session',
    charge: charge ? chargeFacts(charge) : null,
    decline: error ? declineFacts(error) : null,
  }
}

export function setupFacts(intent: Stripe.SetupIntent): SetupFacts {
  const method = expanded(intent.payment_method)
  return {
    setupIntentId: intent.id,
    isSucceeded: intent.status === 'succeeded',
    customerId: idOf(intent.customer),
    livemode: intent.livemode,
    metadata: intent.metadata ?? {},
    card: method ? cardFacts(method) : null,
  }
}

function invoiceFacts(invoice: Stripe.Invoice): InvoiceFacts {
  return {
    invoiceId: invoice.id,
    number: invoice.number ?? null,
    pdfUrl: invoice.invoice_pdf ?? null,
    hostedUrl: invoice.hosted_invoice_url ?? null,
  }
}

function promotionCodeOf({ discounts }: Stripe.Checkout.Session): string | null {
  const codes = (discounts ?? []).map(({ promotion_code }) => expanded(promotion_code)?.code)
  return codes.filter(Boolean).join(', ') || null
}

export function checkoutFacts(session: Stripe.Checkout.Session): CheckoutFacts {
  const currency = session.currency ?? 'usd'
  const payment = expanded(session.payment_intent)
  const setup = expanded(session.setup_intent)
  const invoice = expanded(session.invoice)
  return {
    sessionId: session.id,
    mode: session.mode === 'setup' ? 'setup' : 'payment',
    status: (session.status ?? 'open') as CheckoutFacts['status'],
    paymentStatus: session.payment_status as CheckoutFacts['paymentStatus'],
    url: session.url,
    subtotal: cents(session.amount_subtotal ?? 0, currency),
    discount: cents(session.total_details?.amount_discount ?? 0, currency),
    tax: cents(session.total_details?.amount_tax ?? 0, currency),
    total: cents(session.amount_total ?? 0, currency),
    customerId: idOf(session.customer),
    clientReferenceId: session.client_reference_id,
    livemode: session.livemode,
    metadata: session.metadata ?? {},
    createdAt: dateOf(session.created),
    expiresAt: dateOf(session.expires_at),
    payment: payment ? paymentFacts(payment) : null,
    setup: setup ? setupFacts(setup) : null,
    promotionCode: promotionCodeOf(session),
    invoice: invoice ? invoiceFacts(invoice) : null,
  }
}

export function eventHint(event: Record<string, unknown>): EventHint {
  const data = event.data as { object?: { id?: unknown } } | undefined
  const objectId = data?.object?.id
  return {
    eventId: String(event.id),
    type: String(event.type),
    livemode: event.livemode === true,
    apiVersion: typeof event.api_version === 'string' ? event.api_version : null,
    objectId: typeof objectId === 'string' ? objectId : null,
    createdAt: typeof event.created === 'number' ? dateOf(event.created) : new Date(String(event.created)),
  }
}
