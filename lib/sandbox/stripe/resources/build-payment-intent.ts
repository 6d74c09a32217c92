import type Stripe from 'stripe'
import { invalidParameter, notServed } from '../http/errors'
import { newId, randomToken } from '../state/ids'
import type { World } from '../state/world'
import { checkAmount, checkCurrency } from './amounts'
import { checkStatementDescriptorSuffix } from './descriptors'
import { mergeMetadata } from './metadata'
import { refuseUnplayed } from './played'

type CreateParams = Stripe.PaymentIntentCreateParams

/** Parameters acted on whenever a payment is made or changed. */
export const playedAlways = [
  'allowed_payment_method_types',
  'amount',
  'capture_method',
  'currency',
  'customer',
  'description',
  'excluded_payment_method_types',
  'metadata',
  'payment_method',
  'receipt_email',
  'setup_future_usage',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
] as const

export const playedAtConfirmation = ['error_on_requires_action', 'off_session', 'return_url'] as const

/** Refuses what Stripe refuses in a new payment, and what the sandbox does not play. */
export function checkCreateParams(params: CreateParams): void {
  refuseUnplayed(params, [
    ...playedAlways,
    ...playedAtConfirmation,
    'automatic_payment_methods',
    'confirm',
    'confirmation_method',
  ])
  checkAmount(params.amount)
  checkCurrency(params.currency)
  checkStatementDescriptorSuffix(params.statement_descriptor_suffix, 'statement_descriptor_suffix')
  checkMethodChoice(params)
  for (const name of playedAtConfirmation) {
    if (params[name] === undefined || params.confirm) continue
    throw invalidParameter(`You can only set \`${name}\` when \`confirm\` is set to true.`, name)
  }
}

const playedTypes = ['card', 'us_bank_account']

/** Bank accounts only where they are listed. */
function methodTypes(params: CreateParams): string[] {
  const allowed: string[] = params.allowed_payment_method_types ?? ['card']
  return playedTypes.filter((type) => allowed.includes(type))
}

/** The ways to choose payment methods exclude each other, and something the sandbox plays must remain. */
export function checkMethodChoice(params: Partial<CreateParams>): void {
  const ways = (
    ['allowed_payment_method_types', 'automatic_payment_methods', 'excluded_payment_method_types'] as const
  ).filter((name) => params[name])
  if (ways.length > 1) {
    throw invalidParameter(`You may only specify one of these parameters: ${ways.join(', ')}.`, ways[0]!)
  }
  const { allowed_payment_method_types: allowed, excluded_payment_method_types: excluded } = params
  const isEmpty = allowed && !playedTypes.some((type) => (allowed as string[]).includes(type))
  if (isEmpty || excluded?.includes('card')) {
    throw notServed('allowed_payment_method_types', 'payment methods other than card and us_bank_account')
  }
}

/** A new payment that waits for a card, with every attribute Stripe answers. `params` have been checked. */
export function buildIntent(world: World, params: CreateParams): Stripe.PaymentIntent {
  const id = newId.paymentIntent()
  const automatic = params.automatic_payment_methods
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    amount: params.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods:
      automatic || !params.allowed_payment_method_types
        ? { allow_redirects: automatic?.allow_redirects ?? 'always', enabled: true }
        : null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: params.capture_method ?? 'automatic_async',
    client_secret: `${id}_secret_${randomToken(25)}`,
    confirmation_method: params.confirmation_method ?? 'automatic',
    created: world.clock.now(),
    currency: checkCurrency(params.currency),
    customer: params.customer ?? null,
    customer_account: null,
    description: params.description ?? null,
    excluded_payment_method_types: params.excluded_payment_method_types ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: mergeMetadata({}, params.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: params.payment_method ?? null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: methodTypes(params),
    payment_record: null,
    processing: null,
    receipt_email: params.receipt_email ?? null,
    review: null,
    setup_future_usage: params.setup_future_usage ?? null,
    shipping: null,
    source: null,
    statement_descriptor: params.statement_descriptor ?? null,
    statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
    status: params.payment_method ? 'requires_confirmation' : 'requires_payment_method',
    transfer_data: null,
    transfer_group: params.transfer_group ?? null,
  }
}
