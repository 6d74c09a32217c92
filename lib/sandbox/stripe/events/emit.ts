import type Stripe from 'stripe'
import { readSettings } from '../state/clock'
import { newId } from '../state/ids'
import type { Cause, World } from '../state/world'

/**
 * Records that something happened to `object` and queues it for every endpoint that listens. Part of the transaction
 * that made it happen. `before` (for `*.updated` events) yields `previous_attributes`.
 */
export function emitEvent(world: World, cause: Cause, type: string, object: object, before?: object): void {
  const listeners = world.store
    .oldestFirst('webhookEndpoints')
    .filter((endpoint) => endpoint.status === 'enabled' && listensTo(endpoint, type))
  const event: Stripe.EventBase = {
    id: newId.event(),
    object: 'event',
    api_version: world.apiVersion,
    created: world.clock.now(),
    data: {
      object,
      ...(before ? { previous_attributes: changedAttributes(before, object) } : {}),
    } as Stripe.Event.Data,
    livemode: false,
    pending_webhooks: listeners.length,
    request: { id: cause.requestId, idempotency_key: cause.idempotencyKey },
    type: type as Stripe.Event.Type,
  }
  world.store.put('events', event.id, event)
  for (const endpoint of listeners) queueDelivery(world, event, endpoint)
}

function listensTo(endpoint: Stripe.WebhookEndpoint, type: string): boolean {
  return endpoint.enabled_events.includes('*') || endpoint.enabled_events.includes(type)
}

function queueDelivery(world: World, event: Stripe.EventBase, endpoint: Stripe.WebhookEndpoint): void {
  const { mode, delaySeconds } = readSettings(world.store).deliveries
  const id = newId.delivery()
  world.store.put('deliveries', id, {
    id,
    eventId: event.id,
    eventType: event.type,
    endpointId: endpoint.id,
    state: mode === 'auto' ? 'pending' : mode === 'hold' ? 'held' : 'dropped',
    createdAt: event.created,
    nextAttemptAt: event.created + delaySeconds,
    attempts: [],
  })
  world.deliverer.notice(id)
}

/** The values that the changed top-level attributes had before. */
function changedAttributes(before: object, after: object): Record<string, unknown> {
  const old = before as Record<string, unknown>
  const current = after as Record<string, unknown>
  const names = new Set([...Object.keys(old), ...Object.keys(current)])
  return Object.fromEntries(
    [...names]
      .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(current[name]))
      .map((name) => [name, old[name] ?? null]),
  )
}
