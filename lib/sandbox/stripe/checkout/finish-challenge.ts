import type Stripe from 'stripe'
import { type ConfirmedPayment, confirmPayment, failAuthentication } from '../payments/confirm-payment'
import { type ConfirmedSetup, confirmSetup, failSetupAuthentication } from '../payments/confirm-setup'
import type { Challenge } from '../state/collections'
import { noCause, type World } from '../state/world'
import { conclude } from './pay-session'

export type FinishedChallenge =
  | { kind: 'redirect'; url: string }
  | { kind: 'declined'; sessionId: string; message: string }
  | { kind: 'done'; isPassed: boolean }
  | { kind: 'stale' }

/** The cardholder answered the authentication page. Call inside a transaction. */
export function finishChallenge(world: World, challenge: Challenge, isPassed: boolean): FinishedChallenge {
  const intent =
    world.store.get('paymentIntents', challenge.intentId) ?? world.store.get('setupIntents', challenge.intentId)
  if (challenge.state !== 'open' || !intent || !isWaitingFor(world, challenge, intent)) return { kind: 'stale' }
  world.store.put('challenges', challenge.id, { ...challenge, state: isPassed ? 'passed' : 'failed' })

  const method = world.store.get('paymentMethods', intent.payment_method as string)!
  const result =
    intent.object === 'payment_intent'
      ? answerPayment(world, challenge, intent, method, isPassed)
      : answerSetup(world, challenge, intent, method, isPassed)
  return challenge.sessionId ? backToSession(world, challenge.sessionId, result) : backToMerchant(challenge, result)
}

/** A newer try of the same intent takes the older page out of use. */
function isWaitingFor(world: World, challenge: Challenge, intent: Stripe.PaymentIntent | Stripe.SetupIntent): boolean {
  if (intent.status !== 'requires_action') return false
  const pageUrl =
    intent.next_action?.redirect_to_url?.url ??
    (intent.next_action?.use_stripe_sdk as { stripe_js?: string })?.stripe_js
  return pageUrl === `${world.publicUrl}/c/3ds/${challenge.id}`
}

function answerPayment(
  world: World,
  { returnUrl, sessionId }: Challenge,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  isPassed: boolean,
): ConfirmedPayment {
  if (!isPassed) return failAuthentication(world, intent, method)
  const confirmation = {
    isOffSession: false,
    isAuthenticated: true,
    errorOnRequiresAction: false,
    returnUrl,
    sessionId,
  }
  return confirmPayment(world, noCause, intent, method, confirmation)
}

function answerSetup(
  world: World,
  { returnUrl, sessionId }: Challenge,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  isPassed: boolean,
): ConfirmedSetup {
  if (!isPassed) return failSetupAuthentication(world, intent, method)
  return confirmSetup(world, noCause, intent, method, { isAuthenticated: true, returnUrl, sessionId })
}

function backToSession(world: World, sessionId: string, result: ConfirmedPayment | ConfirmedSetup): FinishedChallenge {
  const concluded = conclude(world, sessionId, result)
  if (concluded.kind === 'complete') return { kind: 'redirect', url: concluded.redirectUrl }
  if (concluded.kind === 'authenticate') return { kind: 'redirect', url: concluded.url }
  return { kind: 'declined', sessionId, message: concluded.message }
}

function backToMerchant(challenge: Challenge, result: ConfirmedPayment | ConfirmedSetup): FinishedChallenge {
  const isPassed = result.kind === 'settled'
  if (!challenge.returnUrl) return { kind: 'done', isPassed }
  const { intent } = result
  const url = new URL(challenge.returnUrl)
  url.searchParams.set(intent.object, intent.id)
  url.searchParams.set(`${intent.object}_client_secret`, intent.client_secret!)
  url.searchParams.set('redirect_status', isPassed ? 'succeeded' : 'failed')
  return { kind: 'redirect', url: url.href }
}
