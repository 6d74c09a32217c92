import type Stripe from 'stripe'
import { docUrl, type ErrorBody, StripeError } from '../http/errors'
import type { Decline } from './declines'

/** The body shared by the error answer and the intent's `last_payment_error`. */
export function declineBody(decline: Decline, paymentMethod: Stripe.PaymentMethod, chargeId: string | null): ErrorBody {
  return {
    type: 'card_error',
    code: decline.code,
    decline_code: decline.declineCode,
    message: decline.message,
    ...(decline.adviceCode ? { advice_code: decline.adviceCode } : {}),
    ...(decline.networkDeclineCode ? { network_decline_code: decline.networkDeclineCode } : {}),
    ...(chargeId ? { charge: chargeId } : {}),
    payment_method: paymentMethod,
    payment_method_type: 'card',
  }
}

/** The cardholder failed the authentication page, or authentication cannot be asked for. */
export function authenticationFailure(
  paymentMethod: Stripe.PaymentMethod,
  intent: 'payment_intent' | 'setup_intent',
): ErrorBody {
  const code = `${intent}_authentication_failure`
  return {
    type: 'invalid_request_error',
    code,
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this intent again.',
    payment_method: paymentMethod,
    payment_method_type: 'card',
  }
}

/** As kept on an intent. */
export function lastError(body: ErrorBody): Stripe.PaymentIntent.LastPaymentError {
  const doc = body.code ? { doc_url: docUrl(body.code) } : {}
  return { ...body, ...doc } as unknown as Stripe.PaymentIntent.LastPaymentError
}

/** HTTP 402 with the intent inside. What led to it stays. */
export function cardError(body: ErrorBody, intent: Stripe.PaymentIntent | Stripe.SetupIntent | null): StripeError {
  const inside = intent ? { [intent.object]: intent } : {}
  return new StripeError(402, { ...body, ...inside }, { keepsChanges: true })
}
