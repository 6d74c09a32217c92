import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { noSuch, refuse } from '../http/errors'
import { listPage } from '../http/lists'
import { cardError } from '../payments/card-errors'
import { captureCharge } from '../payments/charge-card'
import { confirmPayment } from '../payments/confirm-payment'
import type { Cause, World } from '../state/world'
import { checkAmount, checkCurrency } from './amounts'
import {
  buildIntent,
  checkCreateParams,
  checkMethodChoice,
  playedAlways,
  playedAtConfirmation,
} from './build-payment-intent'
import { checkStatementDescriptorSuffix } from './descriptors'
import { livingCustomer } from './find-customer'
import { mergeMetadata } from './metadata'
import { findPaymentMethod, refuseSpentCard } from './payment-methods'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

type CreateParams = Stripe.PaymentIntentCreateParams
type UpdateParams = Stripe.PaymentIntentUpdateParams

export const paymentIntentRoutes: Routes = {
  'POST /v1/payment_intents': create,
  'GET /v1/payment_intents': list,
  'GET /v1/payment_intents/{id}': ({ world, ids }: Call) => findPaymentIntent(world, ids.id!),
  'POST /v1/payment_intents/{id}': update,
  'POST /v1/payment_intents/{id}/confirm': confirm,
  'POST /v1/payment_intents/{id}/capture': capture,
  'POST /v1/payment_intents/{id}/cancel': cancel,
}

function findPaymentIntent(world: World, id: string): Stripe.PaymentIntent {
  const intent = world.store.get('paymentIntents', id)
  if (!intent) throw noSuch('payment_intent', id, 'intent')
  return intent
}

/** Makes an intent that waits for a payment method, and tells the world. */
export function createPaymentIntent(world: World, cause: Cause, params: CreateParams): Stripe.PaymentIntent {
  const intent = buildIntent(world, params)
  world.store.put('paymentIntents', intent.id, intent)
  emitEvent(world, cause, 'payment_intent.created', intent)
  return intent
}

function create({ world, cause, params }: Call<CreateParams>): Stripe.PaymentIntent {
  checkCreateParams(params)
  if (params.customer) livingCustomer(world, params.customer, 'customer')
  const method = params.payment_method ? usableMethod(world, params.payment_method, params.customer ?? null) : null
  const intent = createPaymentIntent(world, cause, { ...params, payment_method: method?.id })
  return params.confirm ? confirmIntent(world, cause, intent, intent.payment_method as string | null, params) : intent
}

/** The payment method, if this payment may use it. */
function usableMethod(world: World, id: string, customerId: string | null): Stripe.PaymentMethod {
  const method = findPaymentMethod(world, id, 'payment_method')
  refuseSpentCard(world, method)
  if (method.customer && method.customer !== customerId) {
    throw refuse(
      customerId
        ? `The provided PaymentMethod (${method.id}) belongs to another customer than ${customerId}.`
        : 'The payment method you provided is attached to a customer so for security purposes you must provide the customer in the request.',
      { param: 'payment_method' },
    )
  }
  return method
}

function update({ world, ids, params }: Call<UpdateParams>): Stripe.PaymentIntent {
  refuseUnplayed(params, playedAlways)
  const intent = findPaymentIntent(world, ids.id!)
  refuseInvoiceOwned(world, intent, 'updated')
  const isOpen = ['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status)
  const changesOnlyNotes = Object.keys(params).every((name) => ['metadata', 'description', 'expand'].includes(name))
  if (!isOpen && !changesOnlyNotes) throw unexpectedState(intent, 'updated')
  if (params.amount !== undefined) checkAmount(params.amount)
  if (params.currency) checkCurrency(params.currency)
  if (params.customer) livingCustomer(world, params.customer, 'customer')
  checkMethodChoice(params as Partial<CreateParams>)
  checkStatementDescriptorSuffix(params.statement_descriptor_suffix, 'statement_descriptor_suffix')
  return world.store.put('paymentIntents', intent.id, withUpdates(world, intent, params))
}

function withUpdates(world: World, intent: Stripe.PaymentIntent, params: UpdateParams): Stripe.PaymentIntent {
  const { metadata, payment_method: methodId, expand: _, ...plain } = params
  const customer = params.customer ?? (intent.customer as string | null)
  const method = methodId ? usableMethod(world, methodId, customer) : null
  return {
    ...intent,
    ...(plain as Partial<Stripe.PaymentIntent>),
    metadata: mergeMetadata(intent.metadata, metadata),
    ...(method ? { payment_method: method.id, status: 'requires_confirmation' as const } : {}),
  }
}

type ConfirmParams = Pick<Stripe.PaymentIntentConfirmParams, 'off_session' | 'error_on_requires_action' | 'return_url'>

function confirm({ world, cause, ids, params }: Call<Stripe.PaymentIntentConfirmParams>): Stripe.PaymentIntent {
  refuseUnplayed(params, [...playedAtConfirmation, 'payment_method', 'receipt_email', 'setup_future_usage'])
  const found = findPaymentIntent(world, ids.id!)
  refuseCheckoutOwned(world, found, 'confirmed')
  if (!['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(found.status)) {
    throw unexpectedState(found, 'confirmed')
  }
  const changed = {
    ...found,
    receipt_email: params.receipt_email ?? found.receipt_email,
    setup_future_usage: params.setup_future_usage ?? found.setup_future_usage,
  }
  return confirmIntent(world, cause, changed, params.payment_method ?? (found.payment_method as string | null), params)
}

function confirmIntent(
  world: World,
  cause: Cause,
  intent: Stripe.PaymentIntent,
  methodId: string | null,
  params: ConfirmParams,
): Stripe.PaymentIntent {
  if (!methodId) {
    throw refuse(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      { code: 'payment_intent_unexpected_state' },
    )
  }
  const method = usableMethod(world, methodId, intent.customer as string | null)
  if (!intent.payment_method_types.includes(method.type)) {
    throw refuse(
      `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. Please attach a PaymentMethod of one of the following types: ${intent.payment_method_types.join(', ')}.`,
      { code: 'payment_intent_incompatible_payment_method', param: 'payment_method' },
    )
  }
  const result = confirmPayment(world, cause, intent, method, {
    isOffSession: Boolean(params.off_session),
    isAuthenticated: false,
    errorOnRequiresAction: params.error_on_requires_action ?? false,
    returnUrl: params.return_url ?? null,
    sessionId: null,
  })
  if (result.kind === 'failed') throw cardError(result.error, result.intent)
  return result.intent
}

function capture({ world, cause, ids, params }: Call<Stripe.PaymentIntentCaptureParams>): Stripe.PaymentIntent {
  refuseUnplayed(params, ['amount_to_capture', 'metadata'])
  const intent = findPaymentIntent(world, ids.id!)
  if (intent.status !== 'requires_capture') throw unexpectedState(intent, 'captured')
  const amount = params.amount_to_capture ?? intent.amount_capturable
  if (amount < 1 || amount > intent.amount_capturable) {
    throw refuse(`The amount_to_capture must be between 1 and the capturable amount (${intent.amount_capturable}).`, {
      code: 'amount_too_large',
      param: 'amount_to_capture',
    })
  }
  captureCharge(world, cause, world.store.get('charges', intent.latest_charge as string)!, amount)
  const captured = world.store.put('paymentIntents', intent.id, {
    ...intent,
    status: 'succeeded',
    amount_capturable: 0,
    amount_received: amount,
    metadata: mergeMetadata(intent.metadata, params.metadata),
  })
  emitEvent(world, cause, 'payment_intent.succeeded', captured)
  return captured
}

function cancel({ world, cause, ids, params }: Call<Stripe.PaymentIntentCancelParams>): Stripe.PaymentIntent {
  const intent = findPaymentIntent(world, ids.id!)
  refuseCheckoutOwned(world, intent, 'canceled')
  refuseInvoiceOwned(world, intent, 'canceled')
  if (['succeeded', 'canceled', 'processing'].includes(intent.status)) throw unexpectedState(intent, 'canceled')
  return cancelPaymentIntent(world, cause, intent, params.cancellation_reason ?? null)
}

/** Ends an intent that will not be paid; a held charge is given back. */
export function cancelPaymentIntent(
  world: World,
  cause: Cause,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
): Stripe.PaymentIntent {
  if (intent.status === 'requires_capture') {
    const charge = world.store.get('charges', intent.latest_charge as string)!
    world.store.put('charges', charge.id, { ...charge, amount_refunded: charge.amount, refunded: true })
  }
  const canceled = world.store.put('paymentIntents', intent.id, {
    ...intent,
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: world.clock.now(),
    cancellation_reason: reason,
    next_action: null,
  })
  emitEvent(world, cause, 'payment_intent.canceled', canceled)
  return canceled
}

function list({ world, params }: Call<Stripe.PaymentIntentListParams>) {
  refuseUnplayed(params, [...pageParams, 'created', 'customer'])
  const intents = world.store
    .newestFirst('paymentIntents')
    .filter((intent) => params.customer === undefined || intent.customer === params.customer)
  return listPage(intents, params, '/v1/payment_intents')
}

function refuseCheckoutOwned(world: World, intent: Stripe.PaymentIntent, done: string): void {
  const sessionId = world.store.get('sessionOfIntent', intent.id)
  if (!sessionId) return
  throw refuse(
    `This PaymentIntent cannot be ${done} because it is owned by the Checkout Session ${sessionId}. Expire the session instead.`,
    { code: 'payment_intent_unexpected_state' },
  )
}

function refuseInvoiceOwned(world: World, intent: Stripe.PaymentIntent, done: string): void {
  const invoiceId = world.store.get('invoiceOfIntent', intent.id)
  if (!invoiceId) return
  throw refuse(
    `This PaymentIntent cannot be ${done} directly because it is the payment of the invoice ${invoiceId}. Change, pay or void the invoice instead.`,
    { code: 'payment_intent_unexpected_state' },
  )
}

function unexpectedState(intent: Stripe.PaymentIntent, done: string) {
  return refuse(`This PaymentIntent could not be ${done} because it has a status of ${intent.status}.`, {
    code: 'payment_intent_unexpected_state',
  })
}
