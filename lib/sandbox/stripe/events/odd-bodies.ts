import type Stripe from 'stripe'
import { randomToken } from '../state/ids'
import type { World } from '../state/world'
import { signPayload } from './signature'

/** What may arrive at an endpoint besides ordinary events. */
export const oddKinds = ['thin_event', 'livemode', 'truncated', 'not_json', 'oversized', 'old_timestamp'] as const
export type OddKind = (typeof oddKinds)[number]

/** One more than receivers accept by default. */
const staleSeconds = 301
const oversizedBytes = 256 * 1024

/** Body and signature of an odd delivery made from `event`. All are signed with the right secret. */
export function oddBody(
  world: World,
  kind: OddKind,
  event: Stripe.EventBase,
  secret: string,
): { body: string; signature: string } {
  const whole = JSON.stringify(event, null, 2)
  switch (kind) {
    case 'thin_event':
      return signed(JSON.stringify(thinEvent(world, event), null, 2), secret)
    case 'livemode':
      return signed(JSON.stringify({ ...event, livemode: true }, null, 2), secret)
    case 'truncated':
      // As on the way: the signature is of what was sent, half of which arrived.
      return { body: whole.slice(0, Math.floor(whole.length / 2)), signature: signPayload(whole, secret) }
    case 'not_json':
      return signed(whole.slice(0, Math.floor(whole.length / 2)), secret)
    case 'oversized':
      return signed(JSON.stringify({ ...event, padding: 'x'.repeat(oversizedBytes) }), secret)
    case 'old_timestamp':
      return { body: whole, signature: signPayload(whole, secret, staleSeconds) }
  }
}

const signed = (body: string, secret: string) => ({ body, signature: signPayload(body, secret) })

/** A v2 event notification: it names an object and carries none. */
function thinEvent(world: World, event: Stripe.EventBase) {
  const { id, object } = event.data.object as unknown as { id: string; object: string }
  return {
    id: `evt_test_${randomToken(32)}`,
    object: 'v2.core.event',
    context: null,
    created: new Date(world.clock.now() * 1000).toISOString(),
    livemode: false,
    reason: null,
    related_object: { id, type: object, url: `/v1/${object.replace('.', '/')}s/${id}` },
    type: `v1.${event.type}`,
  }
}
