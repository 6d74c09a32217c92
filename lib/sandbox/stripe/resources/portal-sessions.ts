import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { invalidParameter, missingParameter, notServed, refuse } from '../http/errors'
import { newId, randomToken } from '../state/ids'
import { livingCustomer } from './find-customer'
import { refuseUnplayed } from './played'
import { findConfiguration } from './portal-configurations'
import type { Call, Routes } from './routes'

type CreateParams = Stripe.BillingPortal.SessionCreateParams
type Flow = Stripe.BillingPortal.Session.Flow

/** A link that nobody has opened yet is good for five minutes. */
const unopenedSeconds = 5 * 60

export const portalSessionRoutes: Routes = {
  'POST /v1/billing_portal/sessions': create,
}

function create({ world, cause, params }: Call<CreateParams>): Stripe.BillingPortal.Session {
  refuseUnplayed(params, ['configuration', 'customer', 'flow_data', 'locale', 'return_url'])
  if (!params.customer) throw missingParameter('customer')
  const customer = livingCustomer(world, params.customer, 'customer')
  if (!params.configuration) {
    throw refuse(
      'No configuration provided and your test mode default configuration has not been created. Provide a configuration: the sandbox has no dashboard to save a default one in.',
      { param: 'configuration' },
    )
  }
  const configuration = findConfiguration(world, params.configuration)
  if (params.return_url) checkUrl(params.return_url, 'return_url')
  const flow = params.flow_data ? readFlow(params.flow_data, configuration) : null
  const token = `test_${randomToken(40)}`
  const session: Stripe.BillingPortal.Session = {
    id: newId.portalSession(),
    object: 'billing_portal.session',
    configuration: configuration.id,
    created: world.clock.now(),
    customer: customer.id,
    customer_account: null,
    flow,
    livemode: false,
    locale: params.locale ?? null,
    on_behalf_of: null,
    return_url: params.return_url ?? configuration.default_return_url,
    url: `${world.publicUrl}/p/session/${token}`,
  }
  const expiresAt = session.created + unopenedSeconds
  world.store.put('portalVisits', token, { session, expiresAt, defaultAfterSetup: null })
  emitEvent(world, cause, 'billing_portal.session.created', session)
  return session
}

function readFlow(
  given: Stripe.BillingPortal.SessionCreateParams.FlowData,
  { features }: Stripe.BillingPortal.Configuration,
): Flow {
  if (given.type !== 'payment_method_update') throw notServed('flow_data[type]', `the flow ${given.type}`)
  if (!features.payment_method_update.enabled) {
    throw invalidParameter(
      'This flow is not allowed because the payment_method_update feature in the portal configuration is disabled.',
      'flow_data[type]',
    )
  }
  const after = given.after_completion
  const redirect = after?.redirect ?? null
  if (after?.type === 'redirect') {
    if (!redirect) throw missingParameter('flow_data[after_completion][redirect]')
    checkUrl(redirect.return_url, 'flow_data[after_completion][redirect][return_url]')
  }
  return {
    after_completion: {
      hosted_confirmation: after?.hosted_confirmation
        ? { custom_message: after.hosted_confirmation.custom_message ?? null }
        : null,
      redirect,
      type: after?.type ?? 'portal_homepage',
    },
    customer_update: null,
    subscription_cancel: null,
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type: given.type,
  }
}

function checkUrl(url: string, param: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return
  throw invalidParameter('Not a valid URL', param, 'url_invalid')
}
