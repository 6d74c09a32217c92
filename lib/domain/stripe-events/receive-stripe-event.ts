import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { enqueue } from '@/lib/edges/queue'
import { type EventHint, isLivemode } from '@/lib/edges/stripe'
import { isFollowed } from './rules'
import { insertEventsOnce } from './store'

/**
 * Takes a verified event into the inbox, once by its id, together with the job that looks at what it speaks of. A repeat
 * changes nothing. @throws Refusal `temporarily_unavailable` when the database is away: Stripe then sends it again.
 */
export async function receiveStripeEvent(actor: Actor, event: EventHint): Promise<void> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Events come from Stripe alone.' })
  const at = await now()
  await inTransaction((tx) => takeIn(tx, [event], at))
  crashPoint('webhook:after-commit')
}

/** Stores events and enqueues those that lead to work; returns how many were new. */
export async function takeIn(tx: Tx, events: EventHint[], at: Date): Promise<number> {
  const livemode = isLivemode()
  const classified = events.map((event) => ({
    event,
    status: isFollowed(event, livemode) ? ('received' as const) : ('ignored' as const),
  }))
  const fresh = await insertEventsOnce(tx, classified, at)
  for (const { event, status } of classified) {
    if (status === 'ignored' || !fresh.has(event.eventId)) continue
    await enqueue(tx, 'process-stripe-event', { eventId: event.eventId }, { key: `stripe-event:${event.eventId}` })
  }
  crashPoint('webhook:before-commit')
  return fresh.size
}
