import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import type { ErrorBody } from '../http/errors'
import { attachCard, cardOnFile } from '../resources/payment-methods'
import { type Cause, noCause, type World } from '../state/world'
import { authenticationFailure, declineBody, lastError } from './card-errors'
import { openChallenge } from './challenges'
import { decideOutcome } from './decide-outcome'

export type ConfirmedSetup =
  | { kind: 'settled'; intent: Stripe.SetupIntent }
  | { kind: 'requires_action'; intent: Stripe.SetupIntent; challengeUrl: string }
  | { kind: 'failed'; intent: Stripe.SetupIntent; error: ErrorBody }

export interface SetupConfirmation {
  isAuthenticated: boolean
  returnUrl: string | null
  sessionId: string | null
}

/** Asks the issuer whether a card may be saved for later, and moves the intent to where that leads. */
export function confirmSetup(
  world: World,
  cause: Cause,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  confirmation: SetupConfirmation,
): ConfirmedSetup {
  const outcome = decideOutcome(cardOnFile(world, method), {
    purpose: 'save',
    isOffSession: false,
    isAuthenticated: confirmation.isAuthenticated,
  })
  if (outcome.kind === 'declined') return failSetup(world, cause, intent, declineBody(outcome.decline, method, null))
  if (outcome.kind === 'needs_authentication') {
    const { returnUrl, sessionId } = confirmation
    const { url, nextAction } = openChallenge(world, { intentId: intent.id, returnUrl, sessionId })
    const waiting: Stripe.SetupIntent = {
      ...intent,
      status: 'requires_action',
      payment_method: method.id,
      next_action: nextAction,
    }
    world.store.put('setupIntents', intent.id, waiting)
    emitEvent(world, cause, 'setup_intent.requires_action', waiting)
    return { kind: 'requires_action', intent: waiting, challengeUrl: url }
  }
  return { kind: 'settled', intent: approveSetup(world, cause, intent, method, confirmation.isAuthenticated) }
}

/** The cardholder did not pass the authentication page. */
export function failSetupAuthentication(
  world: World,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
): ConfirmedSetup {
  return failSetup(world, noCause, intent, authenticationFailure(method, 'setup_intent'))
}

function approveSetup(
  world: World,
  cause: Cause,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  isAuthenticated: boolean,
): Stripe.SetupIntent {
  const onFile = cardOnFile(world, method)
  const isSetUp = onFile.isSetUp || (isAuthenticated && intent.usage === 'off_session')
  world.store.put('cardsOnFile', method.id, { ...onFile, isSetUp, isSpent: intent.customer === null })
  if (intent.customer) attachCard(world, cause, method, intent.customer as string)
  const approved: Stripe.SetupIntent = {
    ...intent,
    status: 'succeeded',
    payment_method: method.id,
    next_action: null,
    last_setup_error: null,
  }
  world.store.put('setupIntents', intent.id, approved)
  emitEvent(world, cause, 'setup_intent.succeeded', approved)
  return approved
}

function failSetup(world: World, cause: Cause, intent: Stripe.SetupIntent, error: ErrorBody): ConfirmedSetup {
  const failed: Stripe.SetupIntent = {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_setup_error: lastError(error) as unknown as Stripe.SetupIntent.LastSetupError,
  }
  world.store.put('setupIntents', intent.id, failed)
  emitEvent(world, cause, 'setup_intent.setup_failed', failed)
  return { kind: 'failed', intent: failed, error }
}
