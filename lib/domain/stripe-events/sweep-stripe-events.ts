import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { dayMs, hourMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { type EventHint, eachEventSince, listUndeliveredEvents } from '@/lib/edges/stripe'
import { takeIn } from './receive-stripe-event'
import { moveSweepMark, readSweepMark } from './store'

/** How far before the last sweep to look: events can be listed a moment after they were made. */
const overlapMs = hourMs
/** How far back the very first sweep looks, and every sweep for events that Stripe could not deliver: so long it tries. */
const deliveryMs = 3 * dayMs

const markName = 'stripe-events'

/**
 * Takes in the events that never arrived: webhooks switched off, lost, or refused while we were down. First everything since the
 * last sweep, in one transaction with the mark of this one: a crash half-way never moves the mark past what was not stored.
 * Then those that Stripe itself counts as undelivered, whatever the mark says.
 * @throws Refusal `payment_provider_unavailable`
 */
export async function sweepStripeEvents(actor: Actor): Promise<{ listed: number; taken: number }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Events are swept by the worker alone.' })
  const at = await now()
  const fresh = await takeSinceMark(at)
  const undelivered = await takeUndelivered(at)
  return { listed: fresh.listed + undelivered.listed, taken: fresh.taken + undelivered.taken }
}

interface Taken {
  listed: number
  taken: number
}

async function takeSinceMark(at: Date): Promise<Taken> {
  const mark = await readSweepMark(pool(), markName)
  const since = new Date(mark ? mark.getTime() - overlapMs : at.getTime() - deliveryMs)
  const events: EventHint[] = []
  const isComplete = await eachEventSince(since, async (page) => void events.push(...page))
  if (!isComplete)
    log.error({ since, listed: events.length }, 'More events of Stripe are missing than one sweep takes in')
  const taken = await inTransaction(async (tx) => {
    if (isComplete) await moveSweepMark(tx, markName, at)
    return takeIn(tx, events.reverse(), at)
  })
  return { listed: events.length, taken }
}

async function takeUndelivered(at: Date): Promise<Taken> {
  const total = { listed: 0, taken: 0 }
  const window = { since: new Date(at.getTime() - deliveryMs), until: new Date(at.getTime() + overlapMs) }
  for await (const page of listUndeliveredEvents(window)) {
    total.listed += page.length
    total.taken += await inTransaction((tx) => takeIn(tx, page, at))
  }
  return total
}
