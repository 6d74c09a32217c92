import { formatMoney, money } from '@/lib/core/money'
import { eventDto, type Names, namesOf } from '../explorer/event-dto'
import type { EventCursor, UsageFilters } from '../explorer/rules'
import { type EventRow, readEventsUpwards } from '../explorer/store'
import { type CsvValue, csvLines } from './csv'

const columns = [
  'recorded_at',
  'occurred_at',
  'event_id',
  'event_key',
  'model',
  'api_key_id',
  'api_key',
  'member_id',
  'member',
  'tag',
  'source',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'amount',
  'currency',
  'movement',
]

/** Some hundred kilobytes: as many rows are in memory at once, whatever the size of the file. */
const batch = 2000

/** The events of a range, oldest first, one line each: read by keyset, a batch when the last one has gone out. */
export async function* eventLines(
  range: { accountId: string; startsAt: Date; endsAt: Date; filters: UsageFilters },
  currency: string,
): AsyncGenerator<string, void, undefined> {
  yield csvLines([columns])
  const names: Names = { model: new Map(), key: new Map(), member: new Map() }
  let after: EventCursor | null = null
  for (;;) {
    const rows: EventRow[] = await readEventsUpwards(range, after, batch)
    if (rows.length === 0) return
    await learnNames(names, range.accountId, rows)
    yield csvLines(rows.map((row) => lineOf(row, names, currency)))
    if (rows.length < batch) return
    after = rows.at(-1)!
  }
}

/** Asks only for what no earlier batch has mentioned. */
async function learnNames(known: Names, accountId: string, rows: EventRow[]): Promise<void> {
  const isNew = (names: Map<string, string>, id: string | null) => id !== null && !names.has(id)
  const strangers = rows.filter(
    (row) => isNew(known.model, row.model) || isNew(known.key, row.keyId) || isNew(known.member, row.memberId),
  )
  if (strangers.length === 0) return
  const found = await namesOf(accountId, strangers)
  for (const by of ['model', 'key', 'member'] as const) for (const [id, name] of found[by]) known[by].set(id, name)
  for (const { model, keyId, memberId } of strangers) {
    // Nobody named it: known all the same, so that it is not asked for again.
    for (const [by, id] of [
      ['model', model],
      ['key', keyId],
      ['member', memberId],
    ] as const) {
      if (id !== null && !known[by].has(id)) known[by].set(id, '')
    }
  }
}

function lineOf(row: EventRow, names: Names, currency: string): CsvValue[] {
  const event = eventDto(row, names, currency)
  return [
    event.recordedAt,
    event.occurredAt,
    event.eventId,
    event.eventKey,
    event.model.id,
    event.key?.id ?? null,
    event.key?.name ?? null,
    event.member?.id ?? null,
    event.member?.name ?? null,
    event.tag,
    event.source ?? 'reported',
    event.inputTokens,
    event.cachedInputTokens,
    event.outputTokens,
    formatMoney(money(row.amount, currency)),
    currency.toUpperCase(),
    event.transferSeq,
  ]
}
