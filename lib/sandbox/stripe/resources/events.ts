import type Stripe from 'stripe'
import { noSuch } from '../http/errors'
import { listPage } from '../http/lists'
import type { World } from '../state/world'
import type { Call, Routes } from './routes'

const historySeconds = 30 * 24 * 3600

export const eventRoutes: Routes = {
  'GET /v1/events': list,
  'GET /v1/events/{id}': ({ world, ids }: Call) => {
    const event = world.store.get('events', ids.id!)
    if (!event || !isRecent(world, event)) throw noSuch('event', ids.id!, 'id')
    return event
  },
}

function list({ world, params }: Call<Stripe.EventListParams>) {
  const types = params.types ?? (params.type ? [params.type] : null)
  const events = world.store
    .newestFirst('events')
    .filter((event) => isRecent(world, event))
    .filter((event) => types === null || types.some((type) => matches(event.type, type)))
    .filter((event) => {
      // Delivered means by every endpoint that listened; what is pending, failed or lost is not.
      return params.delivery_success === undefined || (event.pending_webhooks === 0) === params.delivery_success
    })
  return listPage(events, params, '/v1/events')
}

/** `charge.*` stands for every event of charges. */
function matches(type: string, wanted: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted
}

const isRecent = (world: World, event: Stripe.EventBase) => world.clock.now() - event.created < historySeconds
