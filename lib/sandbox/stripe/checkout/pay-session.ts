import type Stripe from 'stripe'
import { type ErrorBody, refuse, StripeError } from '../http/errors'
import { checkBankAccount, createBankAccount, type TypedBankAccount } from '../payments/bank-account-details'
import { type CardDetails, checkCardDetails } from '../payments/card-details'
import { type ConfirmedPayment, confirmPayment } from '../payments/confirm-payment'
import { type ConfirmedSetup, confirmSetup } from '../payments/confirm-setup'
import { createCustomer } from '../resources/customers'
import { cancelPaymentIntent, createPaymentIntent } from '../resources/payment-intents'
import { createCard } from '../resources/payment-methods'
import type { CollectedDetails } from '../state/collections'
import { noCause, type World } from '../state/world'
import { completeSession } from './complete-session'
import { applyTax, endedDiscount, removeDiscount } from './price-session'
import { savedCards } from './saved-cards'

export interface TypedCard {
  number: string
  expMonth: number
  expYear: number
  cvc: string
}

/** What the payer submits (nothing to pay with when nothing is due): a typed card, a typed bank account, or a card saved before. */
export interface Submission {
  card: TypedCard | null
  bankAccount: TypedBankAccount | null
  savedCardId: string | null
  collected: CollectedDetails
}

export type PaymentResult =
  | { kind: 'complete'; redirectUrl: string }
  | { kind: 'authenticate'; url: string }
  | { kind: 'declined'; message: string; code: string | null; declineCode: string | null }

/** Does what pressing the button on the hosted page does. Call inside a transaction. Throws when the session is closed. */
export function paySession(world: World, session: Stripe.Checkout.Session, submission: Submission): PaymentResult {
  if (session.status !== 'open') throw refuse(`This Checkout Session has a status of ${session.status}.`)
  const typed = readTyped(world, session, submission)
  if (typed instanceof StripeError) return declinedWith(typed.body)

  const plan = world.store.get('sessionPlans', session.id)!
  world.store.put('sessionPlans', session.id, { ...plan, collected: submission.collected })
  const withCustomer = ensureCustomer(world, session, submission.collected)
  const priced = applyTax(world, withCustomer, submission.collected.address, submission.collected.taxId?.type ?? null)
  if (priced.automatic_tax.status === 'requires_location_inputs') {
    throw refuse('This Checkout Session calculates tax and needs an `address` with a country.', { param: 'address' })
  }
  const ended = endedDiscount(world, priced)
  if (ended) {
    removeDiscount(world, priced)
    return refusedWith(`${ended} It was taken away; the total is without it now.`)
  }
  if (priced.amount_total === 0) return completeFree(world, priced)
  const method = typed ? keepTyped(world, typed, priced, submission) : findSavedCard(world, priced, submission)
  const result = session.mode === 'setup' ? setUp(world, priced, method) : pay(world, priced, method, submission)
  return conclude(world, session.id, result)
}

/** Where a confirmed intent leaves its session and its payer. */
export function conclude(world: World, sessionId: string, result: ConfirmedPayment | ConfirmedSetup): PaymentResult {
  if (result.kind === 'requires_action') return { kind: 'authenticate', url: result.challengeUrl }
  if (result.kind === 'failed') return declinedWith(result.error)
  return { kind: 'complete', redirectUrl: completeSession(world, sessionId, result.intent) }
}

function declinedWith(error: ErrorBody): PaymentResult {
  const { message, code = null, decline_code: declineCode = null } = error
  return { kind: 'declined', message, code, declineCode }
}

type Typed = { card: CardDetails } | { bankAccount: TypedBankAccount }

function refusedWith(message: string): PaymentResult {
  return { kind: 'declined', message, code: null, declineCode: null }
}

/** Nothing is due: no card is asked for and no payment is made. */
function completeFree(world: World, session: Stripe.Checkout.Session): PaymentResult {
  const tried = session.payment_intent && world.store.get('paymentIntents', session.payment_intent as string)
  if (tried) cancelPaymentIntent(world, noCause, tried, 'abandoned')
  world.store.put('checkoutSessions', session.id, { ...session, payment_intent: null })
  return { kind: 'complete', redirectUrl: completeSession(world, session.id, null) }
}

/** Checks what was typed, if anything was; what is wrong with it comes back as the error. */
function readTyped(
  world: World,
  session: Stripe.Checkout.Session,
  { card, bankAccount }: Submission,
): Typed | StripeError | null {
  if (!card && !bankAccount) return null
  const type = bankAccount ? 'us_bank_account' : 'card'
  if (!session.payment_method_types.includes(type)) {
    throw refuse(`This Checkout Session takes ${session.payment_method_types.join(', ')}, not ${type}.`)
  }
  try {
    if (card) return { card: checkCardDetails(card, card.cvc, world.clock.now()) }
    return bankAccount && { bankAccount: checkBankAccount(bankAccount) }
  } catch (error) {
    if (error instanceof StripeError) return error
    throw error
  }
}

/** A session that always makes a customer, or an invoice for one, makes it when it is first submitted. */
function ensureCustomer(
  world: World,
  session: Stripe.Checkout.Session,
  collected: CollectedDetails,
): Stripe.Checkout.Session {
  const isWanted = session.customer_creation === 'always' || session.invoice_creation?.enabled
  if (session.customer || !isWanted) return session
  const customer = createCustomer(world, noCause, {
    email: (session.customer_email ?? collected.email) || undefined,
    name: collected.name ?? undefined,
    ...(collected.address ? { address: collected.address as Stripe.AddressParam } : {}),
  })
  return world.store.put('checkoutSessions', session.id, { ...session, customer: customer.id })
}

function keepTyped(
  world: World,
  typed: Typed,
  session: Stripe.Checkout.Session,
  { collected }: Submission,
): Stripe.PaymentMethod {
  const plan = world.store.get('sessionPlans', session.id)!
  const isKept = session.mode === 'setup' || plan.paymentIntentData.setup_future_usage !== undefined
  const address = { city: null, country: 'US', line1: null, line2: null, postal_code: null, state: null }
  const allowRedisplay = collected.savesCard ? 'always' : isKept ? 'limited' : 'unspecified'
  const billingDetails: Stripe.PaymentMethod.BillingDetails = {
    address: collected.address ?? address,
    email: collected.email ?? session.customer_email,
    name: collected.name,
    phone: null,
    tax_id: null,
  }
  return 'card' in typed
    ? createCard(world, typed.card, { allowRedisplay, billingDetails })
    : createBankAccount(world, typed.bankAccount, billingDetails, allowRedisplay)
}

function findSavedCard(
  world: World,
  session: Stripe.Checkout.Session,
  { savedCardId }: Submission,
): Stripe.PaymentMethod {
  const saved = savedCards(world, session).find((method) => method.id === savedCardId)
  if (!saved) throw refuse('The chosen card is not one of the saved cards.', { param: 'payment_method' })
  return saved
}

function pay(
  world: World,
  session: Stripe.Checkout.Session,
  method: Stripe.PaymentMethod,
  { collected }: Submission,
): ConfirmedPayment {
  const found = session.payment_intent && world.store.get('paymentIntents', session.payment_intent as string)
  const intent = found || openPayment(world, session)
  // Asked of the plan, not of the intent: a payer may tick the box at one try and not at the next.
  const { setup_future_usage: planned } = world.store.get('sessionPlans', session.id)!.paymentIntentData
  const usage = planned ?? (collected.savesCard && session.customer ? 'on_session' : null)
  return confirmPayment(
    world,
    noCause,
    { ...intent, amount: session.amount_total!, setup_future_usage: usage },
    method,
    {
      isOffSession: false,
      isAuthenticated: false,
      errorOnRequiresAction: false,
      returnUrl: null,
      sessionId: session.id,
    },
  )
}

/** The payment is made when somebody first tries to pay, not when the session opens. */
function openPayment(world: World, session: Stripe.Checkout.Session): Stripe.PaymentIntent {
  const { paymentIntentData } = world.store.get('sessionPlans', session.id)!
  const intent = createPaymentIntent(world, noCause, {
    ...paymentIntentData,
    allowed_payment_method_types: session.allowed_payment_method_types ?? undefined,
    amount: session.amount_total!,
    currency: session.currency!,
    customer: (session.customer as string | null) ?? undefined,
  })
  world.store.put('sessionOfIntent', intent.id, session.id)
  world.store.put('checkoutSessions', session.id, { ...session, payment_intent: intent.id })
  return intent
}

function setUp(world: World, session: Stripe.Checkout.Session, method: Stripe.PaymentMethod): ConfirmedSetup {
  const intent = world.store.get('setupIntents', session.setup_intent as string)!
  const owned = { ...intent, customer: session.customer }
  return confirmSetup(world, noCause, owned, method, { isAuthenticated: false, returnUrl: null, sessionId: session.id })
}
