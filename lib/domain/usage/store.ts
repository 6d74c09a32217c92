import { type Money, money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import type { Charge } from './charge-usage'

/** Writes events and adds them to the day's rollup, in one round trip. */
export async function insertUsage(
  tx: Tx,
  batch: {
    accountId: string
    currency: string
    /** "2026-11-21" in the account's billing time zone. */
    day: string
    recordedAt: Date
    events: (Charge & { transferSeq: bigint | null })[]
  },
): Promise<void> {
  const { accountId, currency, day, recordedAt, events } = batch
  if (events.length === 0) return
  await tx.query(
    `with recorded as (
       insert into usage_events (account_id, event_id, request_hash, model, input_tokens, cached_input_tokens, output_tokens,
                                 amount, currency, beyond_amount, hold_id, occurred_at, recorded_at, transfer_seq)
       select $1, event_id, decode(request_hash, 'hex'), model, input_tokens, cached_input_tokens, output_tokens,
              amount, $2, beyond_amount, hold_id, occurred_at, $3, transfer_seq
         from unnest($5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
                     $12::bigint[], $13::uuid[], $14::timestamptz[], $15::bigint[])
           as e(event_id, request_hash, model, input_tokens, cached_input_tokens, output_tokens, amount,
                beyond_amount, hold_id, occurred_at, transfer_seq)
     )
     insert into usage_days (account_id, day, model, events, input_tokens, cached_input_tokens, output_tokens, amount)
     select $1, $4::date, model, count(*), sum(input_tokens), sum(cached_input_tokens), sum(output_tokens), sum(amount)
       from unnest($7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[])
         as e(model, input_tokens, cached_input_tokens, output_tokens, amount)
      group by model order by model
     on conflict (account_id, day, model) do update set
       events = usage_days.events + excluded.events,
       input_tokens = usage_days.input_tokens + excluded.input_tokens,
       cached_input_tokens = usage_days.cached_input_tokens + excluded.cached_input_tokens,
       output_tokens = usage_days.output_tokens + excluded.output_tokens,
       amount = usage_days.amount + excluded.amount`,
    [
      accountId,
      currency,
      recordedAt,
      day,
      events.map((e) => e.eventId),
      events.map((e) => e.requestHash.toString('hex')),
      events.map((e) => e.model),
      events.map((e) => e.inputTokens),
      events.map((e) => e.cachedInputTokens),
      events.map((e) => e.outputTokens),
      events.map((e) => e.amount.nanos),
      events.map((e) => e.beyond.nanos),
      events.map((e) => e.holdId),
      events.map((e) => e.occurredAt),
      events.map((e) => e.transferSeq),
    ],
  )
}

/** The events of a batch that were recorded before, by id. */
export async function findEvents(
  tx: Tx,
  accountId: string,
  eventIds: string[],
): Promise<Map<string, { requestHash: Buffer; amount: Money }>> {
  const { rows } = await tx.query<{ event_id: string; request_hash: Buffer; amount: bigint; currency: string }>(
    'select event_id, request_hash, amount, currency from usage_events where account_id = $1 and event_id = any($2)',
    [accountId, eventIds],
  )
  return new Map(
    rows.map((row) => [row.event_id, { requestHash: row.request_hash, amount: money(row.amount, row.currency) }]),
  )
}

/** Whether an operator has suspended the account. */
export async function readIsSuspended(tx: Tx, accountId: string): Promise<boolean> {
  const { rows } = await tx.query<{ is_suspended: boolean }>(
    'select suspended_at is not null as is_suspended from accounts where account_id = $1',
    [accountId],
  )
  return rows[0]?.is_suspended ?? false
}

/** The number of the latest grant's transfer: what "since credit was last added" is measured from. */
export async function readLatestCredit(tx: Tx, accountId: string): Promise<bigint> {
  const { rows } = await tx.query<{ seq: bigint }>(
    'select coalesce(max(transfer_seq), 0) as seq from grants where account_id = $1',
    [accountId],
  )
  return rows[0]?.seq ?? 0n
}
