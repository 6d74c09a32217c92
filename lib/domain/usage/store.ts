import { type Money, money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { plainColumn, textColumn, timeColumn } from '@/lib/edges/db/columns'
import type { Tokens } from '../prices/rules'
import { nilId, type UsageFacts } from './rules'

/** How an event came: reported by itself (null), by a settle, at a hold's expiry, by a settle after that, or out of a lease. */
export type EventSource = 'settle' | 'expiry' | 'late' | 'lease' | null

/** A usage event as it is written: charged by the transfer `transferSeq`, or free. */
export interface UsageEvent extends Tokens, UsageFacts {
  eventKey: string
  eventText: string | null
  model: string
  amount: Money
  beyond: Money | null
  holdId: string | null
  source: EventSource
  /** Null: when it was recorded. */
  occurredAt: Date | null
  transferSeq: bigint | null
}

/** Events of one account that are recorded together. */
export interface UsageBatch {
  accountId: string
  recordedAt: Date
  /** "2026-11-21" of recordedAt in the account's billing time zone. */
  day: string
  events: UsageEvent[]
}

/** What is known of an event that was recorded before: what a repeat of it must have alike. */
export interface RecordedEvent extends Tokens, Pick<UsageFacts, 'keyId' | 'tag'> {
  model: string
  occurredAt: Date | null
  amount: Money
}

/** "2026-11-01": the partition that an event of this instant is in. */
export const partitionOf = (at: Date): string => `${at.toISOString().slice(0, 7)}-01`

/** Writes events and adds them to the rollups: one statement for each table. Returns the writes on their way. */
export function insertUsage(tx: Tx, batches: UsageBatch[]): Promise<unknown>[] {
  if (batches.length === 0) return []
  const sums = batches.flatMap(sumsOf)
  return [insertEvents(tx, batches), addTo(days, tx, sums), addTo(hours, tx, sums)]
}

function insertEvents(tx: Tx, batches: UsageBatch[]): Promise<unknown> {
  const events = batches.flatMap((batch) => batch.events)
  /** What all events of a batch have alike. */
  const ofBatch = (textOf: (batch: UsageBatch) => string) =>
    plainColumn(batches.flatMap((batch) => new Array<string>(batch.events.length).fill(textOf(batch))))
  return tx.query(
    `insert into usage_events (account_id, event_key, event_id, month, model, input_tokens, cached_input_tokens, output_tokens,
                               amount, beyond_amount, hold_id, source, occurred_at, recorded_at, transfer_seq, key_id, member_id, tag)
     select account_id, event_key, event_id, month, model, input_tokens, cached_input_tokens, output_tokens,
            amount, beyond_amount, hold_id, source, occurred_at, recorded_at, transfer_seq, key_id, member_id, tag
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::text[], $6::int[], $7::int[], $8::int[], $9::bigint[],
                   $10::bigint[], $11::uuid[], $12::text[], $13::timestamptz[], $14::timestamptz[], $15::bigint[], $16::uuid[],
                   $17::uuid[], $18::text[])
         as e(account_id, event_key, event_id, month, model, input_tokens, cached_input_tokens, output_tokens,
              amount, beyond_amount, hold_id, source, occurred_at, recorded_at, transfer_seq, key_id, member_id, tag)`,
    [
      ofBatch((batch) => batch.accountId),
      plainColumn(events.map((e) => e.eventKey)),
      textColumn(events.map((e) => e.eventText)),
      ofBatch((batch) => partitionOf(batch.recordedAt)),
      textColumn(events.map((e) => e.model)),
      plainColumn(events.map((e) => e.inputTokens)),
      plainColumn(events.map((e) => e.cachedInputTokens)),
      plainColumn(events.map((e) => e.outputTokens)),
      plainColumn(events.map((e) => e.amount.nanos)),
      plainColumn(events.map((e) => e.beyond?.nanos ?? null)),
      plainColumn(events.map((e) => e.holdId)),
      plainColumn(events.map((e) => e.source)),
      timeColumn(events.map((e) => e.occurredAt)),
      ofBatch((batch) => batch.recordedAt.toISOString()),
      plainColumn(events.map((e) => e.transferSeq)),
      plainColumn(events.map((e) => e.keyId)),
      plainColumn(events.map((e) => e.memberId)),
      textColumn(events.map((e) => e.tag)),
    ],
  )
}

/** The events of one batch that have model, key, member and tag alike, added up. */
interface Sum {
  accountId: string
  day: string
  hour: string
  model: string
  keyId: string
  memberId: string
  tag: string
  events: number
  input: bigint
  cached: bigint
  output: bigint
  nanos: bigint
}

function sumsOf({ accountId, day, recordedAt, events }: UsageBatch): Sum[] {
  const hour = `${recordedAt.toISOString().slice(0, 13)}:00:00Z`
  const sums = new Map<string, Sum>()
  for (const event of events) {
    const { model, keyId, memberId, tag } = event
    // Neither an id nor a model has a blank in it.
    const alike = keyId || tag ? `${model} ${keyId} ${memberId} ${tag ?? ''}` : model
    let sum = sums.get(alike)
    if (!sum) {
      const facts = { keyId: keyId ?? nilId, memberId: memberId ?? nilId, tag: tag ?? '' }
      sum = { accountId, day, hour, model, ...facts, events: 0, input: 0n, cached: 0n, output: 0n, nanos: 0n }
      sums.set(alike, sum)
    }
    sum.events += 1
    sum.input += event.inputTokens
    sum.cached += event.cachedInputTokens
    sum.output += event.outputTokens
    sum.nanos += event.amount.nanos
  }
  return [...sums.values()]
}

interface Rollup {
  table: 'usage_days' | 'usage_hours'
  column: 'day' | 'hour'
  type: 'date' | 'timestamptz'
}

const days: Rollup = { table: 'usage_days', column: 'day', type: 'date' }
const hours: Rollup = { table: 'usage_hours', column: 'hour', type: 'timestamptz' }

const addTo = ({ table, column, type }: Rollup, tx: Tx, sums: Sum[]): Promise<unknown> =>
  tx.query(
    `insert into ${table} as r (account_id, ${column}, model, events, input_tokens, cached_input_tokens, output_tokens, amount,
                                key_id, member_id, tag)
     select * from unnest($1::uuid[], $2::${type}[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                          $9::uuid[], $10::uuid[], $11::text[])
     on conflict (account_id, ${column}, model, key_id, member_id, tag) do update set
       events = r.events + excluded.events,
       input_tokens = r.input_tokens + excluded.input_tokens,
       cached_input_tokens = r.cached_input_tokens + excluded.cached_input_tokens,
       output_tokens = r.output_tokens + excluded.output_tokens,
       amount = r.amount + excluded.amount`,
    [
      plainColumn(sums.map((s) => s.accountId)),
      plainColumn(sums.map((s) => s[column])),
      textColumn(sums.map((s) => s.model)),
      plainColumn(sums.map((s) => s.events)),
      plainColumn(sums.map((s) => s.input)),
      plainColumn(sums.map((s) => s.cached)),
      plainColumn(sums.map((s) => s.output)),
      plainColumn(sums.map((s) => s.nanos)),
      plainColumn(sums.map((s) => s.keyId)),
      plainColumn(sums.map((s) => s.memberId)),
      textColumn(sums.map((s) => s.tag)),
    ],
  )

/**
 * The events of these keys that were recorded before, by account and key. Looks in every month that is still there; the order
 * by month leaves the primary key as the only way to look.
 */
export async function findEvents(
  tx: Tx,
  wanted: { accountId: string; eventKey: string }[],
): Promise<{ accountId: string; eventKey: string; event: RecordedEvent }[]> {
  if (wanted.length === 0) return []
  const { rows } = await tx.query<{
    account_id: string
    event_key: string
    model: string
    input_tokens: number
    cached_input_tokens: number
    output_tokens: number
    occurred_at: Date | null
    amount: bigint
    currency: string
    key_id: string | null
    tag: string | null
  }>(
    `select e.account_id, e.event_key, e.model, e.input_tokens, e.cached_input_tokens, e.output_tokens, e.occurred_at, e.amount,
            e.key_id, e.tag,
            (select currency from accounts a where a.account_id = e.account_id) as currency
       from unnest($1::uuid[], $2::uuid[]) as w(account_id, event_key)
       join lateral (
         select * from usage_events e where e.account_id = w.account_id and e.event_key = w.event_key
          order by e.month limit 1
       ) e on true`,
    [plainColumn(wanted.map((w) => w.accountId)), plainColumn(wanted.map((w) => w.eventKey))],
  )
  return rows.map((row) => ({
    accountId: row.account_id,
    eventKey: row.event_key,
    event: {
      model: row.model,
      inputTokens: BigInt(row.input_tokens),
      cachedInputTokens: BigInt(row.cached_input_tokens),
      outputTokens: BigInt(row.output_tokens),
      occurredAt: row.occurred_at,
      amount: money(row.amount, row.currency),
      keyId: row.key_id,
      tag: row.tag,
    },
  }))
}

/** Makes the partition of a month ("2026-11-01") when it is not there. */
export async function makePartition(tx: Tx, month: string): Promise<void> {
  await tx.query('select make_usage_partition($1::date)', [month])
}
