import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import type { ErrorBody } from '../http/errors'
import { followPayment } from '../invoices/follow-payment'
import { attachCard, cardOnFile } from '../resources/payment-methods'
import { type Cause, noCause, type World } from '../state/world'
import { startBankDebit } from './bank-debit'
import { authenticationFailure, declineBody, lastError } from './card-errors'
import { openChallenge } from './challenges'
import { recordCharge } from './charge-card'
import { decideOutcome } from './decide-outcome'
import { declineFor } from './declines'

export interface Confirmation {
  isOffSession: boolean
  isAuthenticated: boolean
  errorOnRequiresAction: boolean
  /** Invoices wait for their customer where other payments without them are declined. */
  asksOffSession?: boolean
  returnUrl: string | null
  /** Set when the Checkout page confirms. */
  sessionId: string | null
}

/** How a confirmation ended. A decline is recorded here and reported by the caller in its own way. */
export type ConfirmedPayment =
  | { kind: 'settled'; intent: Stripe.PaymentIntent }
  /** The bank answers in some days. */
  | { kind: 'processing'; intent: Stripe.PaymentIntent }
  | { kind: 'requires_action'; intent: Stripe.PaymentIntent; challengeUrl: string }
  | { kind: 'failed'; intent: Stripe.PaymentIntent; error: ErrorBody }

/** Tries the card or bank account on an intent whose state allows it, and moves the intent to where that leads. */
export function confirmPayment(
  world: World,
  cause: Cause,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  confirmation: Confirmation,
): ConfirmedPayment {
  if (method.type === 'us_bank_account') return startBankDebit(world, cause, intent, method)
  const outcome = decideOutcome(cardOnFile(world, method), { purpose: 'charge', ...confirmation })
  switch (outcome.kind) {
    case 'approved':
      return approve(world, cause, intent, method, confirmation)
    case 'needs_authentication':
      if (!confirmation.errorOnRequiresAction) return askForAuthentication(world, cause, intent, method, confirmation)
      // Nothing was sent to the issuer, so there is no charge.
      return failPayment(
        world,
        cause,
        intent,
        declineBody(declineFor('authentication_required'), method, null),
        confirmation,
      )
    case 'declined': {
      const { decline } = outcome
      const { isAuthenticated } = confirmation
      if (decline.code === 'authentication_required' && confirmation.asksOffSession) {
        return askForAuthentication(world, cause, intent, method, confirmation)
      }
      const charge = recordCharge(world, cause, { intent, method, decline, isAuthenticated })
      const withCharge = { ...intent, latest_charge: charge.id }
      return failPayment(world, cause, withCharge, declineBody(decline, method, charge.id), confirmation)
    }
  }
}

/** The cardholder did not pass the authentication page. */
export function failAuthentication(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
): ConfirmedPayment {
  return failPayment(world, noCause, intent, authenticationFailure(method, 'payment_intent'), { isOffSession: false })
}

function approve(
  world: World,
  cause: Cause,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  { isAuthenticated, isOffSession }: Confirmation,
): ConfirmedPayment {
  keepCard(world, cause, intent, method, isAuthenticated)
  const charge = recordCharge(world, cause, { intent, method, decline: null, isAuthenticated })
  const isHeld = !charge.captured
  const approved = putIntent(world, {
    ...intent,
    status: isHeld ? 'requires_capture' : 'succeeded',
    amount_capturable: isHeld ? intent.amount : 0,
    amount_received: isHeld ? 0 : intent.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: method.id,
  })
  emitEvent(world, cause, isHeld ? 'payment_intent.amount_capturable_updated' : 'payment_intent.succeeded', approved)
  followPayment(world, cause, approved, isOffSession)
  return { kind: 'settled', intent: approved }
}

/** Saves the card when the intent asks for it; a card nobody owns cannot be used a second time. */
function keepCard(
  world: World,
  cause: Cause,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  isAuthenticated: boolean,
): void {
  const isSaved = intent.setup_future_usage !== null && intent.customer !== null
  const isOwned = isSaved || method.customer !== null
  const onFile = cardOnFile(world, method)
  const isSetUp = onFile.isSetUp || (isAuthenticated && intent.setup_future_usage === 'off_session')
  world.store.put('cardsOnFile', method.id, { ...onFile, isSetUp, isSpent: !isOwned })
  if (isSaved) attachCard(world, cause, method, intent.customer as string)
}

function askForAuthentication(
  world: World,
  cause: Cause,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  { isOffSession, returnUrl, sessionId }: Confirmation,
): ConfirmedPayment {
  const { url, nextAction } = openChallenge(world, { intentId: intent.id, returnUrl, sessionId })
  const waiting = putIntent(world, {
    ...intent,
    status: 'requires_action',
    payment_method: method.id,
    next_action: nextAction,
    last_payment_error: null,
  })
  emitEvent(world, cause, 'payment_intent.requires_action', waiting)
  followPayment(world, cause, waiting, isOffSession)
  return { kind: 'requires_action', intent: waiting, challengeUrl: url }
}

function failPayment(
  world: World,
  cause: Cause,
  intent: Stripe.PaymentIntent,
  error: ErrorBody,
  { isOffSession }: Pick<Confirmation, 'isOffSession'>,
): ConfirmedPayment {
  const failed = putIntent(world, {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: lastError(error),
  })
  emitEvent(world, cause, 'payment_intent.payment_failed', failed)
  followPayment(world, cause, failed, isOffSession)
  return { kind: 'failed', intent: failed, error }
}

function putIntent(world: World, intent: Stripe.PaymentIntent): Stripe.PaymentIntent {
  return world.store.put('paymentIntents', intent.id, intent)
}
