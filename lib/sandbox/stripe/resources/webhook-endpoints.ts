import type Stripe from 'stripe'
import { invalidParameter, noSuch, notServed } from '../http/errors'
import { listPage } from '../http/lists'
import { newId } from '../state/ids'
import type { World } from '../state/world'
import { mergeMetadata } from './metadata'
import type { Call, Routes } from './routes'

const endpointLimit = 16

export const webhookEndpointRoutes: Routes = {
  'POST /v1/webhook_endpoints': create,
  'GET /v1/webhook_endpoints': ({ world, params }: Call<Stripe.WebhookEndpointListParams>) =>
    listPage(world.store.newestFirst('webhookEndpoints'), params, '/v1/webhook_endpoints'),
  'GET /v1/webhook_endpoints/{id}': ({ world, ids }: Call) => findEndpoint(world, ids.id!),
  'POST /v1/webhook_endpoints/{id}': update,
  'DELETE /v1/webhook_endpoints/{id}': ({ world, ids }: Call) => {
    const { id } = findEndpoint(world, ids.id!)
    world.store.remove('webhookEndpoints', id)
    world.store.remove('endpointSecrets', id)
    return { id, object: 'webhook_endpoint', deleted: true }
  },
}

function findEndpoint(world: World, id: string): Stripe.WebhookEndpoint {
  const endpoint = world.store.get('webhookEndpoints', id)
  if (!endpoint) throw noSuch('webhook_endpoint', id, 'id')
  return endpoint
}

/** The only answer that carries the signing secret. */
function create({ world, params }: Call<Stripe.WebhookEndpointCreateParams>): Stripe.WebhookEndpoint {
  if (params.connect) throw notServed('connect')
  checkUrl(params.url)
  checkEvents(params.enabled_events)
  if (params.api_version && params.api_version !== world.apiVersion) {
    throw invalidParameter(`The Stripe sandbox renders events in version ${world.apiVersion} only.`, 'api_version')
  }
  if (world.store.count('webhookEndpoints') >= endpointLimit) {
    throw invalidParameter(`You have reached the maximum of ${endpointLimit} test webhook endpoints.`, 'url')
  }
  const id = newId.webhookEndpoint()
  const secret = newId.webhookSecret()
  const endpoint: Stripe.WebhookEndpoint = {
    id,
    object: 'webhook_endpoint',
    api_version: params.api_version ?? null,
    application: null,
    created: world.clock.now(),
    description: params.description ?? null,
    enabled_events: params.enabled_events,
    livemode: false,
    metadata: mergeMetadata({}, params.metadata),
    status: 'enabled',
    url: params.url,
  }
  world.store.put('webhookEndpoints', id, endpoint)
  world.store.put('endpointSecrets', id, secret)
  return { ...endpoint, secret }
}

function update({ world, ids, params }: Call<Stripe.WebhookEndpointUpdateParams>): Stripe.WebhookEndpoint {
  const endpoint = findEndpoint(world, ids.id!)
  if (params.url) checkUrl(params.url)
  if (params.enabled_events) checkEvents(params.enabled_events)
  return world.store.put('webhookEndpoints', endpoint.id, {
    ...endpoint,
    url: params.url ?? endpoint.url,
    enabled_events: params.enabled_events ?? endpoint.enabled_events,
    description: params.description === undefined ? endpoint.description : params.description || null,
    metadata: mergeMetadata(endpoint.metadata, params.metadata),
    status: params.disabled === undefined ? endpoint.status : params.disabled ? 'disabled' : 'enabled',
  })
}

function checkUrl(url: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return
  throw invalidParameter('Invalid URL: An explicit scheme (such as https) must be provided.', 'url', 'url_invalid')
}

function checkEvents(events: string[]): void {
  if (events.length === 0) throw invalidParameter('Invalid array: enabled_events must not be empty', 'enabled_events')
}
