import type Stripe from 'stripe'
import { mergeMetadata } from '../resources/metadata'
import { newId } from '../state/ids'
import type { World } from '../state/world'
import { sessionMethodTypes } from './check-params'

type CreateParams = Stripe.Checkout.SessionCreateParams

const defaultLifeSeconds = 24 * 3600

/** A new open session with every attribute Stripe answers. `params` have been checked. */
export function buildSession(
  world: World,
  params: CreateParams,
  lineItems: Stripe.LineItem[],
): Stripe.Checkout.Session {
  const id = newId.checkoutSession()
  const created = world.clock.now()
  const isPayment = params.mode === 'payment'
  const methodTypes = isPayment ? sessionMethodTypes(params) : ['card']
  const total = lineItems.reduce((sum, line) => sum + line.amount_total, 0)
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: isPayment ? { enabled: params.adaptive_pricing?.enabled ?? true } : null,
    after_expiration: null,
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    amount_subtotal: isPayment ? total : null,
    amount_total: isPayment ? total : null,
    automatic_tax: params.automatic_tax?.enabled
      ? { enabled: true, liability: { type: 'self' }, provider: 'stripe', status: 'requires_location_inputs' }
      : { enabled: false, liability: null, provider: null, status: null },
    branding_settings: describeBranding(params.branding_settings),
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: describeConsentCollection(params.consent_collection),
    created,
    currency: isPayment ? lineItems[0]!.currency : (params.currency?.toLowerCase() ?? null),
    currency_conversion: null,
    custom_fields: [],
    custom_text: describeCustomText(params.custom_text),
    customer: params.customer ?? null,
    customer_account: null,
    customer_creation: params.customer ? null : (params.customer_creation ?? 'if_required'),
    customer_details: null,
    customer_email: params.customer_email ?? null,
    discounts: isPayment ? [] : null,
    excluded_payment_method_types: params.excluded_payment_method_types ?? [],
    expires_at: params.expires_at ?? created + defaultLifeSeconds,
    integration_identifier: params.integration_identifier ?? null,
    invoice: null,
    invoice_creation: isPayment ? describeInvoiceCreation(params.invoice_creation) : null,
    livemode: false,
    locale: params.locale ?? null,
    managed_payments: null,
    metadata: mergeMetadata({}, params.metadata),
    mode: params.mode!,
    origin_context: params.origin_context ?? null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { request_three_d_secure: 'automatic' },
      ...(methodTypes.includes('us_bank_account') ? { us_bank_account: { verification_method: 'automatic' } } : {}),
    },
    payment_method_types: methodTypes,
    payment_status: isPayment ? 'unpaid' : 'no_payment_required',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options:
      params.customer || params.saved_payment_method_options ? describeSavedMethods(params) : null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: params.submit_type ?? null,
    subscription: null,
    success_url: params.success_url ?? null,
    tax_id_collection: {
      enabled: params.tax_id_collection?.enabled ?? false,
      required: params.tax_id_collection?.required ?? 'never',
    },
    total_details: isPayment ? { amount_discount: 0, amount_shipping: 0, amount_tax: 0 } : null,
    ui_mode: 'hosted_page',
    url: `${world.publicUrl}/c/pay/${id}`,
    wallet_options: null,
  }
}

function describeInvoiceCreation(given: CreateParams['invoice_creation']): Stripe.Checkout.Session.InvoiceCreation {
  const data = given?.invoice_data
  return {
    enabled: given?.enabled ?? false,
    invoice_data: {
      account_tax_ids: null,
      custom_fields: data?.custom_fields || null,
      description: data?.description ?? null,
      footer: data?.footer ?? null,
      issuer: null,
      metadata: mergeMetadata({}, data?.metadata),
      rendering_options: null,
    },
  }
}

/** The page shows the name; colours and shapes are kept and answered, not drawn. */
function describeBranding(given: CreateParams['branding_settings']): Stripe.Checkout.Session.BrandingSettings {
  return {
    background_color: given?.background_color || '#ffffff',
    border_style: given?.border_style || 'rounded',
    button_color: given?.button_color || '#4a3fd1',
    display_name: given?.display_name || 'Sandbox merchant',
    font_family: given?.font_family || 'default',
    icon: null,
    logo: null,
  }
}

function describeConsentCollection(
  given: CreateParams['consent_collection'],
): Stripe.Checkout.Session.ConsentCollection | null {
  if (!given) return null
  return {
    payment_method_reuse_agreement: given.payment_method_reuse_agreement ?? null,
    promotions: given.promotions ?? null,
    terms_of_service: given.terms_of_service ?? null,
  }
}

function describeCustomText(given: CreateParams['custom_text'] = {}): Stripe.Checkout.Session.CustomText {
  const { after_submit, shipping_address, submit, terms_of_service_acceptance } = given
  return {
    after_submit: after_submit || null,
    shipping_address: shipping_address || null,
    submit: submit || null,
    terms_of_service_acceptance: terms_of_service_acceptance || null,
  }
}

function describeSavedMethods({
  saved_payment_method_options: given,
}: CreateParams): Stripe.Checkout.Session.SavedPaymentMethodOptions {
  return {
    allow_redisplay_filters: given?.allow_redisplay_filters ?? ['always'],
    payment_method_remove: given?.payment_method_remove ?? 'disabled',
    payment_method_save: given?.payment_method_save ?? null,
  }
}
