import type { Actor } from '@/lib/core/actor'
import { Refusal, type RefusalCode } from '@/lib/core/errors'
import { formatMoney } from '@/lib/core/money'
import { dayMs, minuteMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import type { Hold } from '../holds/rules'
import type { Tokens } from '../prices/rules'
import { eventKeyOf, eventTextOf, type RecordedEvent } from '../usage'
import { noUsageFacts } from '../usage/rules'
import { requireGate } from './authority'
import { type Desk, LimitReached, requireTokens } from './desk'
import { inLane } from './lanes'
import { refusalFor } from './refusals'

/** How old, and how far ahead of our clock, a reported event may be. */
const oldestMs = 90 * dayMs
const furthestAheadMs = 5 * minuteMs

export interface UsageReport extends Tokens {
  /** The caller's id, unique within the account. */
  eventId: string
  model: string
  occurredAt: Date | null
}

export type UsageOutcome =
  | { status: 'accepted' | 'duplicate'; amount: string }
  | { status: 'refused'; code: RefusalCode; message: string; field?: string | undefined }

/** An event that is well formed, or why it is refused whatever the account has. */
export type Checked = (UsageReport & { eventKey: string }) | Refusal

/** What the desk says of an event; a limit is put into words once the lock is gone. */
export type Decided = UsageOutcome | LimitReached

/**
 * Records usage of one account that has already happened. Each event is decided alone and in order: a repeat changes
 * nothing, a bad one is refused by its place while the rest are taken. With `beyondCredit: 'refuse'` an event that the
 * account cannot pay is refused; with 'record' it is recorded in full and may take the balance below zero.
 * @throws Refusal `not_found` when there is no such account; `not_allowed` without the scope.
 */
export async function recordUsage(
  actor: Actor,
  input: { accountId: string; events: UsageReport[]; beyondCredit: 'refuse' | 'record' },
): Promise<UsageOutcome[]> {
  requireGate(actor, 'usage:write')
  const events = await checkEvents(input.events)
  const decided = await inLane({
    accountId: input.accountId,
    eventKeys: keysOf(events),
    decide: (desk) => events.map((event) => takeEvent(desk, event, input)),
  })
  return wordAll(decided)
}

/** The events, each checked for what can be told before its account is looked at. */
export async function checkEvents(events: UsageReport[]): Promise<Checked[]> {
  const at = await now()
  return events.map((event) => orRefusal(() => checked(event, at)))
}

export const keysOf = (events: Checked[]): string[] =>
  events.flatMap((event) => (event instanceof Refusal ? [] : [event.eventKey]))

function checked(event: UsageReport, at: Date): Checked {
  const occurredAt = event.occurredAt ?? at
  if (occurredAt.getTime() > at.getTime() + furthestAheadMs || occurredAt.getTime() < at.getTime() - oldestMs) {
    throw new Refusal('invalid_request', {
      field: 'occurred_at',
      message: 'occurred_at must lie within the last 90 days and not in the future.',
    })
  }
  requireTokens(event)
  return { ...event, eventKey: eventKeyOf(event.eventId) }
}

function orRefusal<T>(work: () => T): T | Refusal {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

/** Decides one event at the desk: taken, known already, or refused. */
export function takeEvent(
  desk: Desk,
  event: Checked,
  how: { beyondCredit: 'refuse' | 'record'; lease?: Hold },
): Decided {
  if (event instanceof Refusal) return refused(event)
  const before = desk.findEvent(event.eventKey)
  if (before) {
    return isSame(before, event)
      ? { status: 'duplicate', amount: formatMoney(before.amount) }
      : refused(reusedId(event.eventId))
  }
  const { inputTokens, cachedInputTokens, outputTokens, model, eventKey, occurredAt } = event
  // At the instant it is recorded at, when it names none: the books price it again by the same instant.
  const amount = orRefusal(() => desk.priceOf(model, event, occurredAt ?? desk.at))
  if (amount instanceof Refusal) return refused(amount)
  if (how.beyondCredit === 'refuse' && !desk.affords(amount)) return desk.limitReached(amount)
  desk.take({
    ...noUsageFacts,
    inputTokens,
    cachedInputTokens,
    outputTokens,
    model,
    amount,
    eventKey,
    eventText: eventTextOf(event.eventId),
    hold: how.lease ?? null,
    source: how.lease ? 'lease' : null,
    occurredAt,
  })
  return { status: 'accepted', amount: formatMoney(amount) }
}

/** Limits in words: the same limit of one batch is looked up once. */
export async function wordAll(decided: Decided[]): Promise<UsageOutcome[]> {
  const words = new Map<string, Promise<Refusal>>()
  return Promise.all(
    decided.map(async (outcome) => {
      if (!(outcome instanceof LimitReached)) return outcome
      const { amount, facts } = outcome
      const key = `${amount.nanos}/${facts.balance.nanos}/${facts.held.nanos}`
      const refusal = words.get(key) ?? refusalFor(outcome)
      words.set(key, refusal)
      return refused(await refusal)
    }),
  )
}

const isSame = (before: RecordedEvent, event: UsageReport): boolean =>
  before.model === event.model &&
  before.inputTokens === event.inputTokens &&
  before.cachedInputTokens === event.cachedInputTokens &&
  before.outputTokens === event.outputTokens &&
  before.occurredAt?.getTime() === event.occurredAt?.getTime()

const refused = (refusal: Refusal): UsageOutcome => ({
  status: 'refused',
  code: refusal.code,
  message: refusal.message,
  ...(refusal.facts.field ? { field: refusal.facts.field } : {}),
})

const reusedId = (eventId: string) =>
  new Refusal('idempotency_conflict', {
    field: 'id',
    message: `The event ${eventId} was recorded before with other contents. Nothing was charged. Use a new id for a new event.`,
  })
