import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { invalidParameter, noSuch, notServed } from '../http/errors'
import { listPage } from '../http/lists'
import { newId } from '../state/ids'
import type { World } from '../state/world'
import { mergeMetadata } from './metadata'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

type CreateParams = Stripe.BillingPortal.ConfigurationCreateParams
type Features = Stripe.BillingPortal.Configuration.Features

export const portalConfigurationRoutes: Routes = {
  'POST /v1/billing_portal/configurations': create,
  'GET /v1/billing_portal/configurations': list,
  'GET /v1/billing_portal/configurations/{id}': ({ world, ids }: Call) => findConfiguration(world, ids.id!, 404),
}

/** The configuration with this id. `status` is 400 when the id came as a parameter. */
export function findConfiguration(
  world: World,
  id: string,
  status: 400 | 404 = 400,
): Stripe.BillingPortal.Configuration {
  const configuration = world.store.get('portalConfigurations', id)
  if (!configuration) throw noSuch('configuration', id, 'configuration', status)
  return configuration
}

function create({ world, cause, params }: Call<CreateParams>): Stripe.BillingPortal.Configuration {
  checkParams(params)
  const id = newId.portalConfiguration()
  const now = world.clock.now()
  const profile = params.business_profile
  const configuration = world.store.put('portalConfigurations', id, {
    id,
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: {
      headline: profile?.headline || null,
      privacy_policy_url: profile?.privacy_policy_url ?? null,
      terms_of_service_url: profile?.terms_of_service_url ?? null,
    },
    created: now,
    default_return_url: params.default_return_url || null,
    features: describeFeatures(params.features),
    is_default: false,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: mergeMetadata({}, params.metadata),
    name: params.name || null,
    updated: now,
  })
  emitEvent(world, cause, 'billing_portal.configuration.created', configuration)
  return configuration
}

function checkParams(params: CreateParams): void {
  refuseUnplayed(params, ['business_profile', 'default_return_url', 'features', 'login_page', 'metadata', 'name'])
  if (params.login_page?.enabled) throw notServed('login_page[enabled]')
  const { features } = params
  if (Object.keys(features).length === 0) throw invalidParameter('Pass at least one feature.', 'features')
  const unplayed = ['customer_update', 'subscription_cancel', 'subscription_pause', 'subscription_update'] as const
  for (const name of unplayed) {
    if (features[name]?.enabled) throw notServed(`features[${name}][enabled]`)
  }
}

function describeFeatures(given: CreateParams['features']): Features {
  return {
    customer_update: { allowed_updates: [], enabled: false },
    invoice_history: { enabled: given.invoice_history?.enabled ?? false },
    payment_method_update: {
      enabled: given.payment_method_update?.enabled ?? false,
      payment_method_configuration: null,
    },
    subscription_cancel: {
      cancellation_reason: { enabled: false, feedback_options: null, options: [] },
      enabled: false,
      mode: 'at_period_end',
      proration_behavior: 'none',
    },
    subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
    subscription_update: {
      billing_cycle_anchor: null,
      default_allowed_updates: [],
      enabled: false,
      products: [],
      proration_behavior: 'none',
      schedule_at_period_end: { conditions: [] },
      trial_update_behavior: 'end_trial',
    },
  }
}

function list({ world, params }: Call<Stripe.BillingPortal.ConfigurationListParams>) {
  refuseUnplayed(params, [...pageParams, 'active', 'is_default'])
  const configurations = world.store
    .newestFirst('portalConfigurations')
    .filter(({ active }) => params.active === undefined || active === params.active)
    .filter(({ is_default }) => params.is_default === undefined || is_default === params.is_default)
  return listPage(configurations, params, '/v1/billing_portal/configurations')
}
