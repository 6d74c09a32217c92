import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { enqueue } from '@/lib/edges/queue'
import { requireOperator } from '../members'
import { readDeadEvents, reviveEvent } from './store'

/** An event that was given up after its last failure. */
export interface DeadEventDto {
  eventId: string
  type: string
  objectId: string | null
  attempts: number
  lastError: string | null
  receivedAt: string
}

const mostShown = 200

/** Events that a person must look at, the newest first. */
export async function listDeadEvents(actor: Actor): Promise<{ events: DeadEventDto[] }> {
  await requireOperator(actor, 'operator:read')
  const events = await readDeadEvents(pool(), mostShown)
  return { events: events.map(({ receivedAt, ...event }) => ({ ...event, receivedAt: receivedAt.toISOString() })) }
}

/** Has a dead event processed again, with all its attempts before it. @throws Refusal `not_found` when it is not dead */
export async function retryStripeEvent(actor: Actor, { event }: { event: string }): Promise<void> {
  await requireOperator(actor, 'platform:write')
  const at = await now()
  await inTransaction(async (tx) => {
    if (!(await reviveEvent(tx, event, at))) {
      throw new Refusal('not_found', { field: 'event', message: `There is no dead event ${event}.` })
    }
    await enqueue(tx, 'process-stripe-event', { eventId: event }, { key: `stripe-event:${event}` })
  })
  log.info({ event, actor }, 'A dead event is tried again')
}
