import type { Deliverer } from '../events/deliverer'
import type { World } from '../state/world'
import { Faults } from './faults'
import { IdempotencyKeys } from './idempotency'
import { RequestLog } from './request-log'

/** What the server works with. */
export interface ServerParts {
  world: World
  deliverer: Deliverer
  keys: IdempotencyKeys
  faults: Faults
  requestLog: RequestLog
}

/** Everything the server works with, for a world that has been opened. */
export function serverParts(world: World, deliverer: Deliverer): ServerParts {
  return { world, deliverer, keys: new IdempotencyKeys(world), faults: new Faults(), requestLog: new RequestLog() }
}
