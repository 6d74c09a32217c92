import type { Clock } from './clock'
import type { Store } from './store'

/** Everything a resource needs to do its work. */
export interface World {
  store: Store
  clock: Clock
  /** Told of every delivery queued, inside the transaction that queues it. */
  deliverer: { notice(deliveryId: string): void }
  /** Where browsers reach the sandbox, without a final slash. */
  publicUrl: string
  apiVersion: string
}

/** The API call that leads to an event, or neither when a page or the clock does. */
export interface Cause {
  requestId: string | null
  idempotencyKey: string | null
}

export const noCause: Cause = { requestId: null, idempotencyKey: null }
