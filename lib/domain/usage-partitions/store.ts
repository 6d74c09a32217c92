import type { MonthKey } from '@/lib/core/time'
import { query, type Tx } from '@/lib/edges/db'
import type { EventSums } from './rules'

const firstDay = (month: MonthKey) => `${month}-01`
const tableOf = (month: MonthKey) => `usage_events_${month.replace('-', '_')}`

/** The present instant, as the demo's clock shows it. */
export async function readPresent(tx: Tx): Promise<Date> {
  const { rows } = await tx.query<{ at: Date }>(
    `select now() + offset_ms * interval '1 millisecond' as at from clock where id = 1`,
  )
  return rows[0]!.at
}

/** Makes a month's partition with its guards. True when it was not there. */
export async function makePartition(tx: Tx, month: MonthKey): Promise<boolean> {
  const { rows } = await tx.query<{ made: boolean }>('select make_usage_partition($1::date) as made', [firstDay(month)])
  return rows[0]?.made ?? false
}

/** The same by the role that the programs run as. */
export async function makePartitionAsProgram(month: MonthKey): Promise<boolean> {
  const [row] = await query<{ made: boolean }>('select make_usage_partition($1::date) as made', [firstDay(month)])
  return row?.made ?? false
}

export interface PartitionRow {
  month: MonthKey
  bytes: bigint
  events: bigint
}

/** The months that have a partition. Events are counted by the hours' rollup, which always equals them. */
export async function readPartitions(tx: Tx): Promise<PartitionRow[]> {
  const { rows } = await tx.query<{ month: string; bytes: string; events: string }>(
    `select p.month, p.bytes::text, coalesce(h.events, 0)::text as events
       from (select substring(pg_get_expr(c.relpartbound, c.oid) from '\\d{4}-\\d{2}') as month, pg_total_relation_size(c.oid) as bytes
               from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'usage_events'::regclass) p
       left join (select to_char(hour at time zone 'UTC', 'YYYY-MM') as month, sum(events) as events from usage_hours group by 1) h using (month)
      order by 1`,
  )
  return rows.map(({ month, bytes, events }) => ({ month, bytes: BigInt(bytes), events: BigInt(events) }))
}

export interface RetiredRow {
  month: MonthKey
  events: bigint
  archive: string
  archiveBytes: bigint
  retiredAt: Date
}

export async function readRetired(tx: Tx): Promise<RetiredRow[]> {
  const { rows } = await tx.query<{ month: string; events: string; archive: string; bytes: string; retired_at: Date }>(
    `select to_char(month, 'YYYY-MM') as month, events::text, archive, archive_bytes::text as bytes, retired_at from retired_months order by 1`,
  )
  return rows.map((row) => ({
    month: row.month,
    events: BigInt(row.events),
    archive: row.archive,
    archiveBytes: BigInt(row.bytes),
    retiredAt: row.retired_at,
  }))
}

const fetchSize = 5_000
const isoUtc = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** A month's events as lines of JSON, some thousands at a time. Whole numbers that may pass 2^53 are strings. Needs a transaction. */
export async function* readEventLines(tx: Tx, month: MonthKey): AsyncGenerator<string[]> {
  await tx.query(
    `declare month_events no scroll cursor for
     select json_build_object(
              'account_id', account_id, 'event_key', event_key, 'event_id', event_id, 'model', model,
              'input_tokens', input_tokens, 'cached_input_tokens', cached_input_tokens, 'output_tokens', output_tokens,
              'amount_nanos', amount::text, 'beyond_amount_nanos', beyond_amount::text, 'source', source, 'hold_id', hold_id,
              'occurred_at', ${isoUtc('occurred_at')}, 'recorded_at', ${isoUtc('recorded_at')}, 'transfer_seq', transfer_seq::text,
              'key_id', key_id, 'member_id', member_id, 'tag', tag)::text as line
       from ${tableOf(month)}`,
  )
  for (;;) {
    const { rows } = await tx.query<{ line: string }>(`fetch forward ${fetchSize} from month_events`)
    if (rows.length === 0) break
    yield rows.map(({ line }) => line)
  }
  await tx.query('close month_events')
}

/** Keeps writers out of a month until the transaction ends; readers go on. */
export const lockMonth = (tx: Tx, month: MonthKey): Promise<unknown> =>
  tx.query(`lock table ${tableOf(month)} in share mode`)

/** Writes down what a month's events add up to, for each account, and returns the whole. */
export async function insertRetiredUsage(tx: Tx, month: MonthKey): Promise<EventSums> {
  const { rows } = await tx.query<Record<string, string>>(
    `with kept as (
       insert into retired_usage (account_id, month, model, in_last_day, events, input_tokens, cached_input_tokens, output_tokens,
                                  amount, beyond_amount, hold_amount)
       select e.account_id, $1::date, e.model,
              (e.recorded_at at time zone p.time_zone)::date >= ($1::date + interval '1 month - 1 day')::date,
              count(*), sum(e.input_tokens), sum(e.cached_input_tokens), sum(e.output_tokens), sum(e.amount),
              coalesce(sum(e.beyond_amount), 0), coalesce(sum(e.amount) filter (where e.hold_id is not null), 0)
         from ${tableOf(month)} e
         join budgets b on b.account_id = e.account_id and b.scope = 'account'
         join budget_periods p on p.account_id = b.account_id and p.budget_id = b.budget_id
                              and e.recorded_at >= p.starts_at and e.recorded_at < p.ends_at
        group by 1, 2, 3, 4
       returning *)
     select coalesce(sum(events), 0)::text as events, coalesce(sum(input_tokens), 0)::text as input, coalesce(sum(cached_input_tokens), 0)::text as cached,
            coalesce(sum(output_tokens), 0)::text as output, coalesce(sum(amount), 0)::text as amount, coalesce(sum(beyond_amount), 0)::text as beyond from kept`,
    [firstDay(month)],
  )
  const sums = rows[0]!
  return {
    events: BigInt(sums.events!),
    inputTokens: BigInt(sums.input!),
    cachedInputTokens: BigInt(sums.cached!),
    outputTokens: BigInt(sums.output!),
    amount: BigInt(sums.amount!),
    beyondAmount: BigInt(sums.beyond!),
  }
}

export async function insertRetiredMonth(
  tx: Tx,
  month: MonthKey,
  sums: EventSums,
  archive: { file: string; bytes: number; sha256: string },
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into retired_months (month, events, amount, beyond_amount, archive, archive_bytes, archive_sha256, retired_at)
     values ($1, $2, $3, $4, $5, $6, decode($7, 'hex'), $8)`,
    [firstDay(month), sums.events, sums.amount, sums.beyondAmount, archive.file, archive.bytes, archive.sha256, at],
  )
}

/** Takes a month out of the events and drops it. Waits for the requests of this moment, but lets others wait for half a second only. */
export async function dropMonth(tx: Tx, month: MonthKey): Promise<void> {
  await tx.query(`set local lock_timeout = '500ms'`)
  await tx.query(`alter table usage_events detach partition ${tableOf(month)}`)
  await tx.query(`drop table ${tableOf(month)}`)
}
