import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { dayMs, hourMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { type EventHint, eachEventSince } from '@/lib/edges/stripe'
import { takeIn } from './receive-stripe-event'
import { readLatestArrival } from './store'

/** How far before the newest known event to look: events can be listed a moment after they were made. */
const overlapMs = hourMs
/** How far back the very first sweep looks. */
const firstLookBackMs = 3 * dayMs

/**
 * Takes in the events that never arrived: webhooks switched off, lost, or refused while we were down. The new ones are
 * stored in one transaction, so that a crash half-way never moves the mark past what was not stored.
 * @throws Refusal `payment_provider_unavailable`
 */
export async function sweepStripeEvents(actor: Actor): Promise<{ listed: number; taken: number }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Events are swept by the worker alone.' })
  const at = await now()
  const latest = await readLatestArrival(pool())
  const since = new Date(latest ? latest.getTime() - overlapMs : at.getTime() - firstLookBackMs)
  const events: EventHint[] = []
  const isComplete = await eachEventSince(since, async (page) => void events.push(...page))
  if (!isComplete)
    log.error({ since, listed: events.length }, 'More events of Stripe are missing than one sweep takes in')
  const taken = await inTransaction((tx) => takeIn(tx, events.reverse(), at))
  return { listed: events.length, taken }
}
