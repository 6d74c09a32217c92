import type Stripe from 'stripe'
import { invalidParameter, missingParameter, notServed } from '../http/errors'
import { checkCurrency } from '../resources/amounts'
import { checkStatementDescriptorSuffix } from '../resources/descriptors'
import { refuseUnplayed } from '../resources/played'

type CreateParams = Stripe.Checkout.SessionCreateParams

const shortestLifeSeconds = 30 * 60
const longestLifeSeconds = 24 * 3600

const played = [
  'adaptive_pricing',
  'allow_promotion_codes',
  'allowed_payment_method_types',
  'automatic_tax',
  'billing_address_collection',
  'branding_settings',
  'cancel_url',
  'client_reference_id',
  'consent_collection',
  'currency',
  'custom_text',
  'customer',
  'customer_creation',
  'customer_email',
  'customer_update',
  'discounts',
  'excluded_payment_method_types',
  'expires_at',
  'integration_identifier',
  'invoice_creation',
  'line_items',
  'locale',
  'metadata',
  'mode',
  'origin_context',
  'payment_intent_data',
  'phone_number_collection',
  'saved_payment_method_options',
  'setup_intent_data',
  'submit_type',
  'success_url',
  'tax_id_collection',
  'ui_mode',
] as const

const notInSetup = [
  'allow_promotion_codes',
  'automatic_tax',
  'discounts',
  'invoice_creation',
  'line_items',
  'payment_intent_data',
  'submit_type',
] as const

const playedOfPayment = [
  'capture_method',
  'description',
  'metadata',
  'receipt_email',
  'setup_future_usage',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
] as const

const playedOfInvoice = ['custom_fields', 'description', 'footer', 'metadata'] as const

const playedOfBranding = ['background_color', 'border_style', 'button_color', 'display_name', 'font_family'] as const

/** Refuses what Stripe refuses in a new session, and what the sandbox does not play. */
export function checkSessionParams(params: CreateParams, now: number): void {
  checkServed(params)
  checkCustomerParams(params)
  checkLifetime(params, now)
  checkModeParams(params)
  checkDiscountParams(params)
  if (!params.success_url) throw missingParameter('success_url')
  checkUrl(params.success_url, 'success_url')
  if (params.cancel_url) checkUrl(params.cancel_url, 'cancel_url')
  if ((params.client_reference_id?.length ?? 0) > 200) {
    throw invalidParameter('client_reference_id can have at most 200 characters.', 'client_reference_id')
  }
  const types = sessionMethodTypes(params)
  if (types.length === 0) {
    throw notServed('allowed_payment_method_types', 'payment methods other than card and us_bank_account')
  }
  if (params.mode === 'setup' && !types.includes('card')) {
    throw notServed('allowed_payment_method_types', 'saving bank accounts; allow `card`')
  }
}

/** What the page offers: cards, and bank accounts where the session lists them. */
export function sessionMethodTypes(params: CreateParams): string[] {
  const allowed: string[] = params.allowed_payment_method_types ?? ['card']
  const excluded: string[] = params.excluded_payment_method_types ?? []
  return ['card', 'us_bank_account'].filter((type) => allowed.includes(type) && !excluded.includes(type))
}

function checkServed(params: CreateParams): void {
  refuseUnplayed(params, played)
  refuseUnplayed(params.payment_intent_data ?? {}, playedOfPayment, 'payment_intent_data')
  refuseUnplayed(params.setup_intent_data ?? {}, ['description', 'metadata'], 'setup_intent_data')
  refuseUnplayed(params.branding_settings || {}, playedOfBranding, 'branding_settings')
  if (params.ui_mode && params.ui_mode !== 'hosted_page') throw notServed('ui_mode', `the ui_mode ${params.ui_mode}`)
  if (params.automatic_tax) refuseUnplayed(params.automatic_tax, ['enabled'], 'automatic_tax')
  refuseUnplayed(params.invoice_creation?.invoice_data ?? {}, playedOfInvoice, 'invoice_creation[invoice_data]')
  if (params.phone_number_collection?.enabled) throw notServed('phone_number_collection[enabled]')
}

function checkDiscountParams(params: CreateParams): void {
  if (params.discounts?.length && params.allow_promotion_codes !== undefined) {
    throw invalidParameter(
      'You may only specify one of these parameters: allow_promotion_codes, discounts.',
      'allow_promotion_codes',
    )
  }
}

function checkCustomerParams(params: CreateParams): void {
  if (params.customer && params.customer_email) {
    throw invalidParameter('You may only specify one of these parameters: customer, customer_email.', 'customer')
  }
  if (params.customer && params.customer_creation) {
    throw invalidParameter('You may only specify one of these parameters: customer, customer_creation.', 'customer')
  }
  if (params.customer_update && !params.customer) {
    throw invalidParameter('`customer_update` can only be used with `customer`.', 'customer_update')
  }
  if (params.tax_id_collection?.enabled && params.customer && params.customer_update?.name !== 'auto') {
    throw invalidParameter(
      'Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`.',
      'customer_update[name]',
    )
  }
  if (params.customer_email && !/^\S+@\S+$/.test(params.customer_email)) {
    throw invalidParameter(`Invalid email address: ${params.customer_email}`, 'customer_email', 'email_invalid')
  }
}

function checkLifetime(params: CreateParams, now: number): void {
  if (params.expires_at === undefined) return
  // The caller's clock and its request take a moment; Stripe is as lenient.
  if (params.expires_at < now + shortestLifeSeconds - 60) {
    throw invalidParameter(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      'expires_at',
    )
  }
  if (params.expires_at > now + longestLifeSeconds + 60) {
    throw invalidParameter(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      'expires_at',
    )
  }
}

function checkModeParams(params: CreateParams): void {
  if (!params.mode) throw missingParameter('mode')
  if (params.mode === 'subscription') throw notServed('mode', 'subscriptions')
  if (params.mode === 'setup') {
    for (const name of notInSetup) {
      if (name in params) throw invalidParameter(`You can not pass \`${name}\` in \`setup\` mode.`, name)
    }
    if (!params.currency && !params.allowed_payment_method_types) throw missingParameter('currency')
    if (params.currency) checkCurrency(params.currency)
    return
  }
  if (!params.line_items?.length) throw missingParameter('line_items')
  if (params.setup_intent_data) {
    throw invalidParameter('You can not pass `setup_intent_data` in `payment` mode.', 'setup_intent_data')
  }
  const suffix = params.payment_intent_data?.statement_descriptor_suffix
  checkStatementDescriptorSuffix(suffix, 'payment_intent_data[statement_descriptor_suffix]')
}

function checkUrl(url: string, param: string): void {
  const plain = url.replaceAll('{CHECKOUT_SESSION_ID}', 'id')
  if (URL.canParse(plain) && /^https?:$/.test(new URL(plain).protocol)) return
  throw invalidParameter('Not a valid URL', param, 'url_invalid')
}
