import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { invalidParameter, noSuch, refuse } from '../http/errors'
import { listPage } from '../http/lists'
import { cardError } from '../payments/card-errors'
import { confirmSetup } from '../payments/confirm-setup'
import { newId, randomToken } from '../state/ids'
import type { Cause, World } from '../state/world'
import { livingCustomer } from './find-customer'
import { mergeMetadata } from './metadata'
import { findPaymentMethod, refuseSpentCard } from './payment-methods'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

type CreateParams = Stripe.SetupIntentCreateParams

export const setupIntentRoutes: Routes = {
  'POST /v1/setup_intents': create,
  'GET /v1/setup_intents': list,
  'GET /v1/setup_intents/{id}': ({ world, ids }: Call) => findSetupIntent(world, ids.id!),
  'POST /v1/setup_intents/{id}': update,
  'POST /v1/setup_intents/{id}/confirm': confirm,
  'POST /v1/setup_intents/{id}/cancel': cancel,
}

function findSetupIntent(world: World, id: string): Stripe.SetupIntent {
  const intent = world.store.get('setupIntents', id)
  if (!intent) throw noSuch('setup_intent', id, 'intent')
  return intent
}

/** Makes an intent that waits for a card to save, and tells the world. */
export function createSetupIntent(world: World, cause: Cause, params: CreateParams): Stripe.SetupIntent {
  const intent = buildIntent(world, params)
  world.store.put('setupIntents', intent.id, intent)
  emitEvent(world, cause, 'setup_intent.created', intent)
  return intent
}

function create({ world, cause, params }: Call<CreateParams>): Stripe.SetupIntent {
  refuseUnplayed(params, [
    'allowed_payment_method_types',
    'automatic_payment_methods',
    'confirm',
    'customer',
    'description',
    'excluded_payment_method_types',
    'metadata',
    'payment_method',
    'return_url',
    'usage',
  ])
  if (params.customer) livingCustomer(world, params.customer, 'customer')
  if (params.return_url && !params.confirm) {
    throw invalidParameter('You can only set `return_url` when `confirm` is set to true.', 'return_url')
  }
  const method = params.payment_method ? usableMethod(world, params.payment_method, params.customer ?? null) : null
  const intent = createSetupIntent(world, cause, { ...params, payment_method: method?.id })
  return params.confirm ? confirmIntent(world, cause, intent, method?.id ?? null, params.return_url ?? null) : intent
}

function update({ world, ids, params }: Call<Stripe.SetupIntentUpdateParams>): Stripe.SetupIntent {
  refuseUnplayed(params, ['customer', 'description', 'metadata', 'payment_method'])
  const intent = findSetupIntent(world, ids.id!)
  if (['succeeded', 'canceled'].includes(intent.status)) throw unexpectedState(intent, 'updated')
  if (params.customer) livingCustomer(world, params.customer, 'customer')
  const customer = params.customer ?? (intent.customer as string | null)
  const method = params.payment_method ? usableMethod(world, params.payment_method, customer) : null
  return world.store.put('setupIntents', intent.id, {
    ...intent,
    customer,
    description: params.description ?? intent.description,
    metadata: mergeMetadata(intent.metadata, params.metadata),
    ...(method ? { payment_method: method.id, status: 'requires_confirmation' as const } : {}),
  })
}

function confirm({ world, cause, ids, params }: Call<Stripe.SetupIntentConfirmParams>): Stripe.SetupIntent {
  refuseUnplayed(params, ['payment_method', 'return_url'])
  const intent = findSetupIntent(world, ids.id!)
  refuseCheckoutOwned(world, intent, 'confirmed')
  if (['succeeded', 'canceled'].includes(intent.status)) throw unexpectedState(intent, 'confirmed')
  const methodId = params.payment_method ?? (intent.payment_method as string | null)
  return confirmIntent(world, cause, intent, methodId, params.return_url ?? null)
}

function confirmIntent(
  world: World,
  cause: Cause,
  intent: Stripe.SetupIntent,
  methodId: string | null,
  returnUrl: string | null,
): Stripe.SetupIntent {
  if (!methodId) {
    throw refuse(
      "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.",
      { code: 'setup_intent_unexpected_state' },
    )
  }
  const method = usableMethod(world, methodId, intent.customer as string | null)
  const result = confirmSetup(world, cause, intent, method, { isAuthenticated: false, returnUrl, sessionId: null })
  if (result.kind === 'failed') throw cardError(result.error, result.intent)
  return result.intent
}

function cancel({ world, cause, ids, params }: Call<Stripe.SetupIntentCancelParams>): Stripe.SetupIntent {
  const intent = findSetupIntent(world, ids.id!)
  refuseCheckoutOwned(world, intent, 'canceled')
  if (['succeeded', 'canceled'].includes(intent.status)) throw unexpectedState(intent, 'canceled')
  return cancelSetupIntent(world, cause, intent, params.cancellation_reason ?? null)
}

/** Ends an intent that will save no card. */
export function cancelSetupIntent(
  world: World,
  cause: Cause,
  intent: Stripe.SetupIntent,
  reason: Stripe.SetupIntent.CancellationReason | null,
): Stripe.SetupIntent {
  const canceled: Stripe.SetupIntent = { ...intent, status: 'canceled', cancellation_reason: reason, next_action: null }
  world.store.put('setupIntents', intent.id, canceled)
  emitEvent(world, cause, 'setup_intent.canceled', canceled)
  return canceled
}

function list({ world, params }: Call<Stripe.SetupIntentListParams>) {
  refuseUnplayed(params, [...pageParams, 'created', 'customer', 'payment_method'])
  const intents = world.store
    .newestFirst('setupIntents')
    .filter((intent) => params.customer === undefined || intent.customer === params.customer)
    .filter((intent) => params.payment_method === undefined || intent.payment_method === params.payment_method)
  return listPage(intents, params, '/v1/setup_intents')
}

function usableMethod(world: World, id: string, customerId: string | null): Stripe.PaymentMethod {
  const method = findPaymentMethod(world, id, 'payment_method')
  refuseSpentCard(world, method)
  if (method.customer && method.customer !== customerId) {
    throw refuse(`The provided PaymentMethod (${method.id}) belongs to another customer.`, { param: 'payment_method' })
  }
  return method
}

function refuseCheckoutOwned(world: World, intent: Stripe.SetupIntent, done: string): void {
  const sessionId = world.store.get('sessionOfIntent', intent.id)
  if (!sessionId) return
  throw refuse(
    `This SetupIntent cannot be ${done} because it is owned by the Checkout Session ${sessionId}. Expire the session instead.`,
    { code: 'setup_intent_unexpected_state' },
  )
}

function unexpectedState(intent: Stripe.SetupIntent, done: string) {
  return refuse(`This SetupIntent could not be ${done} because it has a status of ${intent.status}.`, {
    code: 'setup_intent_unexpected_state',
  })
}

function buildIntent(world: World, params: CreateParams): Stripe.SetupIntent {
  const id = newId.setupIntent()
  const automatic = params.automatic_payment_methods
  return {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    application: null,
    automatic_payment_methods:
      automatic || !params.allowed_payment_method_types
        ? { allow_redirects: automatic?.allow_redirects ?? 'always', enabled: true }
        : null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomToken(25)}`,
    created: world.clock.now(),
    customer: params.customer ?? null,
    customer_account: null,
    description: params.description ?? null,
    excluded_payment_method_types: params.excluded_payment_method_types ?? null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: mergeMetadata({}, params.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: params.payment_method ?? null,
    payment_method_configuration_details: null,
    payment_method_options: { card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: params.payment_method ? 'requires_confirmation' : 'requires_payment_method',
    usage: params.usage ?? 'off_session',
  }
}
