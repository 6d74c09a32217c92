import type { Actor } from '@/lib/core/actor'
import { Refusal, type RefusalCode } from '@/lib/core/errors'
import { formatMoney } from '@/lib/core/money'
import { dayMs, minuteMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import type { Hold } from '../holds/rules'
import type { Tokens } from '../prices/rules'
import { eventKeyOf, eventTextOf, type RecordedEvent } from '../usage'
import { noUsageFacts, type UsageFacts } from '../usage/rules'
import { requireGate } from './authority'
import { type Desk, LimitReached, requireTokens } from './desk'
import { inLane } from './lanes'
import { refusalFor } from './refusals'
import type { UsageSubject } from './subject-budgets'

/** How old, and how far ahead of our clock, a reported event may be. */
const oldestMs = 90 * dayMs
const furthestAheadMs = 5 * minuteMs

export interface UsageReport extends Tokens {
  /** The caller's id, unique within the account. */
  eventId: string
  model: string
  occurredAt: Date | null
  /** The key, its member and the tag; left out: none. */
  facts?: UsageFacts | undefined
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
    subjects: subjectsIn(events),
    models: modelsIn(events),
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

/** The keys that the events name, each once, with their members. */
export function subjectsIn(events: Checked[]): UsageSubject[] {
  const subjects = new Map<string, UsageSubject>()
  for (const event of events) {
    if (!(event instanceof Refusal) && event.facts?.keyId) subjects.set(event.facts.keyId, event.facts)
  }
  return [...subjects.values()]
}

/** The models that the events name, each once. */
export const modelsIn = (events: Checked[]): string[] => [
  ...new Set(events.flatMap((event) => (event instanceof Refusal ? [] : [event.model]))),
]

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
  const facts = factsOf(event, how.lease)
  if (facts instanceof Refusal) return refused(facts)
  const before = desk.findEvent(event.eventKey)
  if (before) {
    return isSame(before, { ...event, facts })
      ? { status: 'duplicate', amount: formatMoney(before.amount) }
      : refused(reusedId(event.eventId))
  }
  const { inputTokens, cachedInputTokens, outputTokens, model, eventKey, occurredAt } = event
  // At the instant it is recorded at, when it names none: the books price it again by the same instant.
  const amount = orRefusal(() => desk.priceOf(model, event, occurredAt ?? desk.at))
  if (amount instanceof Refusal) return refused(amount)
  if (how.beyondCredit === 'refuse' && !desk.affords(facts, amount)) return desk.limitReached(facts, amount)
  desk.take({
    ...facts,
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

/** Whose usage an event is and what for: its own words, and those of its lease where it has none. */
function factsOf({ facts = noUsageFacts }: UsageReport, lease: Hold | undefined): UsageFacts | Refusal {
  if (!lease) return facts
  if (lease.keyId && facts.keyId && facts.keyId !== lease.keyId) return otherKey()
  const { keyId, memberId } = lease.keyId ? lease : facts
  return { keyId, memberId, tag: facts.tag ?? lease.tag }
}

const otherKey = () =>
  new Refusal('invalid_request', {
    field: 'api_key',
    message:
      'The lease was opened with another API key, and what it pays for counts for that key. Name none, or that one.',
  })

/** Limits in words: the same limit of one batch is looked up once. */
export async function wordAll(decided: Decided[]): Promise<UsageOutcome[]> {
  const words = new Map<string, Promise<Refusal>>()
  return Promise.all(
    decided.map(async (outcome) => {
      if (!(outcome instanceof LimitReached)) return outcome
      const { amount, facts } = outcome
      const budgets = facts.budgets.map(({ subjectId, spent, held }) => `${subjectId}:${spent.nanos}:${held.nanos}`)
      const key = [amount.nanos, facts.balance.nanos, facts.held.nanos, ...budgets].join('/')
      const refusal = words.get(key) ?? refusalFor(outcome)
      words.set(key, refusal)
      return refused(await refusal)
    }),
  )
}

const isSame = (before: RecordedEvent, event: UsageReport & { facts: UsageFacts }): boolean =>
  before.keyId === event.facts.keyId &&
  before.tag === event.facts.tag &&
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
