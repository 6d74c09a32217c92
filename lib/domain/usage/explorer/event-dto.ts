import { formatMoney, money } from '@/lib/core/money'
import type { EventSource } from '../store'
import { type EventRow, readNames } from './store'

/** Somebody or something by id, with the name that people know it by; null where nobody named it. */
export interface Named {
  id: string
  name: string | null
}

/** A usage event as pages and exports show it. */
export interface UsageEventDto {
  eventKey: string
  /** The caller's own id; of an event that came of a hold, none. */
  eventId: string | null
  recordedAt: string
  /** When it happened, where the caller said so. */
  occurredAt: string | null
  model: Named
  /** Without the cached ones. */
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
  amount: string
  currency: string
  source: EventSource
  key: Named | null
  member: Named | null
  tag: string | null
  /** The movement of the ledger that charged it; null when it cost nothing. */
  transferSeq: string | null
}

export interface Names {
  model: Map<string, string>
  key: Map<string, string>
  member: Map<string, string>
}

const present = (ids: (string | null)[]): string[] => [...new Set(ids.filter((id) => id !== null))]

/** The names of everything that the events mention. */
export async function namesOf(accountId: string, events: EventRow[]): Promise<Names> {
  const [model, key, member] = await Promise.all([
    readNames(accountId, 'model', present(events.map((event) => event.model))),
    readNames(accountId, 'key', present(events.map((event) => event.keyId))),
    readNames(accountId, 'member', present(events.map((event) => event.memberId))),
  ])
  return { model, key, member }
}

const named = (id: string | null, names: Map<string, string>): Named | null =>
  id === null ? null : { id, name: names.get(id) ?? null }

export function eventDto(event: EventRow, names: Names, currency: string): UsageEventDto {
  return {
    eventKey: event.eventKey,
    eventId: event.eventId ?? (event.source === null || event.source === 'lease' ? event.eventKey : null),
    recordedAt: event.recordedAt.toISOString(),
    occurredAt: event.occurredAt?.toISOString() ?? null,
    model: named(event.model, names.model)!,
    inputTokens: event.inputTokens - event.cachedInputTokens,
    cachedInputTokens: event.cachedInputTokens,
    outputTokens: event.outputTokens,
    amount: formatMoney(money(event.amount, currency)),
    currency,
    source: event.source,
    key: named(event.keyId, names.key),
    member: named(event.memberId, names.member),
    tag: event.tag,
    transferSeq: event.transferSeq?.toString() ?? null,
  }
}
