import type Stripe from 'stripe'

/** How a saved card is told to behave from now on, set through the control surface. */
export type CardOverride = { declineCode: string } | { authenticationRequired: true } | { alwaysSucceeds: true }

/** What becomes of refunds to a card: at once, later, sent but given back later, or waiting for the customer. */
export type RefundBehaviour = 'ok' | 'pending' | 'fails_later' | 'requires_action'

/** What the issuer (or the bank of a bank account) knows about a payment method; never shown through the API. */
export interface CardOnFile {
  /** Of the card or the bank account. */
  number: string
  /** Authenticated once for off-session use. */
  isSetUp: boolean
  /** Used without a customer, or detached: Stripe lets nobody use it again. */
  isSpent: boolean
  override?: CardOverride
  /** Stands before what the test card itself would do. */
  refunds?: RefundBehaviour
}

/** What the payer has told the Checkout page. */
export interface CollectedDetails {
  email: string | null
  name: string | null
  businessName: string | null
  address: Stripe.Address | null
  taxId: { type: string; value: string } | null
  /** The payer asks to keep the card for next time. */
  savesCard: boolean
  acceptsTerms: boolean
  acceptsPromotions: boolean
}

/** What was asked for at a session's creation and matters when it is paid. */
export interface SessionPlan {
  sessionId: string
  lineItems: Stripe.LineItem[]
  paymentIntentData: Stripe.Checkout.SessionCreateParams.PaymentIntentData
  setupIntentData: Stripe.Checkout.SessionCreateParams.SetupIntentData
  customerUpdate: Stripe.Checkout.SessionCreateParams.CustomerUpdate
  /** The tax that was added, and why that much; absent until tax was calculated. */
  tax?: SessionTax | null
  /** Kept while the payer is away at the authentication page. */
  collected: CollectedDetails | null
}

export interface SessionTax {
  /** Hundred-thousandths of the price: 8875 is 8.875 %. */
  ratePer100000: number
  place: string
  reason: 'standard_rated' | 'not_collecting' | 'customer_exempt' | 'reverse_charge'
}

/** An invoice's own pages, opened by a token that cannot be guessed. */
export interface InvoicePages {
  invoiceId: string
  /** The session that sold what is on it; null when it was made through the API. */
  sessionId: string | null
}

/** What Stripe remembers of an invoice made through the API and does not show. */
export interface InvoicePlan {
  /** Its items in the order of its lines. */
  itemIds: string[]
  daysUntilDue: number | null
}

/** A link into the billing portal and what its visitor is doing. */
export interface PortalVisit {
  session: Stripe.BillingPortal.Session
  expiresAt: number
  /** The setup whose card becomes the default once the bank has approved it. */
  defaultAfterSetup: string | null
}

/** An authentication page waiting for the cardholder. */
export interface Challenge {
  id: string
  intentId: string
  /** Set when the payment came from a Checkout page; the browser then returns to it or to its success address. */
  sessionId: string | null
  returnUrl: string | null
  state: 'open' | 'passed' | 'failed'
}

export interface DeliveryAttempt {
  /** Sandbox time, seconds. */
  at: number
  httpStatus: number | null
  error: string | null
  durationMilliseconds: number
}

export interface Delivery {
  id: string
  eventId: string
  eventType: string
  endpointId: string
  state: 'pending' | 'held' | 'delivered' | 'failed' | 'dropped'
  /** Sandbox time, seconds. */
  createdAt: number
  nextAttemptAt: number
  attempts: DeliveryAttempt[]
}

/** A stored answer to an idempotent request. */
export interface StoredAnswer {
  fingerprint: string
  requestId: string
  status: number
  body: string
  headers: Record<string, string>
  createdAt: number
}

/** Work the clock triggers. */
export interface Chore {
  id: string
  kind:
    | 'expire_session'
    | 'settle_charge'
    | 'finish_bank_debit'
    | 'end_coupon'
    | 'end_promotion_code'
    | 'succeed_refund'
    | 'fail_refund'
    | 'decide_dispute'
    | 'finalize_invoice'
    | 'collect_invoice'
    | 'invoice_due'
  target: string
  dueAt: number
}

export interface DeliverySettings {
  mode: 'auto' | 'hold' | 'drop'
  /** How many times each delivery is sent. */
  repeat: number
  delaySeconds: number
  shuffleSeed: number | null
  hasBadSignature: boolean
  /** Sent to every endpoint in place of its own version. */
  apiVersion: string | null
}

export interface Settings {
  clockOffsetSeconds: number
  deliveries: DeliverySettings
}

export interface Collections {
  customers: Stripe.Customer | Stripe.DeletedCustomer
  checkoutSessions: Stripe.Checkout.Session
  products: Stripe.Product
  prices: Stripe.Price
  paymentIntents: Stripe.PaymentIntent
  setupIntents: Stripe.SetupIntent
  paymentMethods: Stripe.PaymentMethod
  charges: Stripe.Charge
  refunds: Stripe.Refund
  disputes: Stripe.Dispute
  earlyFraudWarnings: Stripe.Radar.EarlyFraudWarning
  balanceTransactions: Stripe.BalanceTransaction
  coupons: Stripe.Coupon
  promotionCodes: Stripe.PromotionCode
  invoices: Stripe.Invoice
  invoicePayments: Stripe.InvoicePayment
  invoiceItems: Stripe.InvoiceItem
  creditNotes: Stripe.CreditNote
  portalConfigurations: Stripe.BillingPortal.Configuration
  events: Stripe.EventBase
  webhookEndpoints: Stripe.WebhookEndpoint
  // not part of Stripe's API
  cardsOnFile: CardOnFile
  sessionPlans: SessionPlan
  sessionOfIntent: string
  endpointSecrets: string
  challenges: Challenge
  receipts: string
  invoicePages: InvoicePages
  invoicePlans: InvoicePlan
  invoiceOfIntent: string
  creditNotePages: string
  portalVisits: PortalVisit
  deliveries: Delivery
  storedAnswers: StoredAnswer
  chores: Chore
  settings: Settings
}

export type CollectionName = keyof Collections

const collectionOfPrefix: Record<string, CollectionName> = {
  cus: 'customers',
  cs: 'checkoutSessions',
  prod: 'products',
  price: 'prices',
  pi: 'paymentIntents',
  seti: 'setupIntents',
  pm: 'paymentMethods',
  ch: 'charges',
  py: 'charges',
  promo: 'promotionCodes',
  in: 'invoices',
  inpay: 'invoicePayments',
  ii: 'invoiceItems',
  cn: 'creditNotes',
  bpc: 'portalConfigurations',
  re: 'refunds',
  du: 'disputes',
  issfr: 'earlyFraudWarnings',
  txn: 'balanceTransactions',
  evt: 'events',
  we: 'webhookEndpoints',
}

/** The collection that an id such as `cus_…` belongs to. Coupons have ids that people choose, so none is told by its id. */
export function collectionOf(id: string): CollectionName | undefined {
  return collectionOfPrefix[id.slice(0, id.indexOf('_'))]
}
