import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, pool } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { followObject } from './follow-object'
import { looksForMissing, mostAttempts } from './rules'
import { closeEvent, countFailure, findEvent } from './store'

/**
 * Looks at what an event speaks of and runs the verb that everybody else runs. The event counts as processed only when the
 * verb has succeeded; a failure is thrown on, so that the queue tries again later, until the twentieth.
 */
export async function processStripeEvent(actor: Actor, { eventId }: { eventId: string }): Promise<void> {
  if (actor.kind !== 'system')
    throw new Refusal('not_allowed', { message: 'Events are processed by the worker alone.' })
  const event = await findEvent(pool(), eventId)
  if (event?.status !== 'received' || !event.objectId) return
  try {
    const following = await followObject(actor, event.objectId)
    if (following === 'missing' && event.attempts < looksForMissing)
      throw new Error(`Stripe does not have ${event.objectId} yet`)
    crashPoint('event:after-effect')
    const at = await now()
    await inTransaction((tx) => closeEvent(tx, eventId, following === 'followed' ? 'processed' : 'ignored', at))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const failures = await inTransaction((tx) => countFailure(tx, eventId, message))
    if (failures < mostAttempts) throw error
    log.error({ err: error, eventId, type: event.type, failures }, 'An event of Stripe is given up: a person must look')
    const at = await now()
    await inTransaction((tx) => closeEvent(tx, eventId, 'dead', at))
  }
}
