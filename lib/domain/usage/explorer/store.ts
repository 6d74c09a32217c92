/** What the usage pages read: rollups for every figure and chart, events by keyset for a list of them. */
import { Refusal } from '@/lib/core/errors'
import { dayMs } from '@/lib/core/time'
import { pool, query } from '@/lib/edges/db'
import { nilId } from '../rules'
import type { EventSource } from '../store'
import { type EventCursor, floorToHour, type Grouping, type Step, type UsageFilters, type ZonedMonth } from './rules'

/** Sums of a rollup. Input tokens include the cached ones. */
export interface Sums {
  events: bigint
  input: bigint
  cached: bigint
  output: bigint
  nanos: bigint
}

export interface GroupSums extends Sums {
  /** As in the rollup: the nil UUID and the empty tag stand for none. */
  id: string
}

/** Either days, or hours between two instants. */
export type Extent = { step: 'day'; from: string; to: string } | { step: 'hour'; startsAt: Date; endsAt: Date }

const tables: Record<Step, string> = { day: 'usage_days', hour: 'usage_hours' }

const columns: Record<Grouping, string> = { model: 'model', key: 'key_id', member: 'member_id', tag: 'tag' }

const groupColumns: Record<Grouping, string> = {
  model: 'r.model',
  key: 'r.key_id::text',
  member: 'r.member_id::text',
  tag: 'r.tag',
}

const sumColumns = `sum(r.events)::bigint as events, sum(r.input_tokens)::bigint as input, sum(r.cached_input_tokens)::bigint as cached,
  sum(r.output_tokens)::bigint as output, sum(r.amount)::bigint as nanos`

/** Parameters of a statement, numbered as they are added. */
class Values {
  readonly list: unknown[] = []
  add(value: unknown): string {
    this.list.push(value)
    return `$${this.list.length}`
  }
}

/** The rows of a rollup `r` that are meant. */
function rollupOf(values: Values, accountId: string, extent: Extent, filters: UsageFilters): string {
  const within =
    extent.step === 'day'
      ? `r.day >= ${values.add(extent.from)}::date and r.day <= ${values.add(extent.to)}::date`
      : `r.hour >= ${values.add(extent.startsAt)} and r.hour < ${values.add(extent.endsAt)}`
  const conditions = [`r.account_id = ${values.add(accountId)}`, within]
  for (const [by, value] of Object.entries(filters) as [Grouping, string | null | undefined][]) {
    if (value === undefined) continue
    const noneOf = by === 'tag' ? '' : nilId
    conditions.push(`r.${columns[by]} = ${values.add(value ?? noneOf)}`)
  }
  return `${tables[extent.step]} r where ${conditions.join(' and ')}`
}

export interface SeriesRows {
  /** The dearest groups. */
  groups: GroupSums[]
  groupCount: number
  total: Sums
  /** The sums of each step and charted group; of all other groups together under a null id. */
  cells: ({ step: string; id: string | null } & Sums)[]
}

/** Groups, totals and cells of a series: the rollup is read once. */
export async function readSeries(
  { accountId, extent, filters, by }: { accountId: string; extent: Extent; filters: UsageFilters; by: Grouping },
  { listed, charted }: { listed: number; charted: number },
): Promise<SeriesRows> {
  const values = new Values()
  const from = rollupOf(values, accountId, extent, filters)
  const step =
    extent.step === 'day'
      ? `to_char(at, 'YYYY-MM-DD')`
      : `to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000Z"')`
  const rows = await query<{ kind: 'total' | 'group' | 'cell'; step: string; id: string | null; count: number } & Sums>(
    `with parts as materialized (
       select r.${extent.step} as at, ${groupColumns[by]} as id, ${sumColumns} from ${from} group by 1, 2),
     groups as materialized (
       select id, row_number() over (order by sum(nanos) desc, sum(events) desc, id) as place, ${sumsAgain} from parts group by id)
     select 'total' as kind, null as step, null as id, count(*)::int as count, ${sumsAgain} from groups
     union all
     (select 'group', null, id, place::int, events, input, cached, output, nanos from groups where place <= ${values.add(listed)} order by place)
     union all
     (select 'cell', ${step}, shown, 0, events, input, cached, output, nanos
        from (select at, case when g.place <= ${values.add(charted)} then p.id end as shown, ${sumsOf('p')}
                from parts p join groups g on g.id = p.id group by 1, 2) c
       order by at, shown)`,
    values.list,
  )
  const total = rows.find(({ kind }) => kind === 'total')
  return {
    groups: rows.filter(({ kind }) => kind === 'group').map((row) => ({ ...sumsOfRow(row), id: row.id! })),
    groupCount: total?.count ?? 0,
    total: total && total.count > 0 ? sumsOfRow(total) : noSums,
    cells: rows.filter(({ kind }) => kind === 'cell').map((row) => ({ ...sumsOfRow(row), id: row.id, step: row.step })),
  }
}

const sumsOf = (row: string) =>
  ['events', 'input', 'cached', 'output', 'nanos'].map((name) => `sum(${row}.${name})::bigint as ${name}`).join(', ')

const sumsAgain = ['events', 'input', 'cached', 'output', 'nanos']
  .map((name) => `sum(${name})::bigint as ${name}`)
  .join(', ')

export const noSums: Sums = { events: 0n, input: 0n, cached: 0n, output: 0n, nanos: 0n }

const sumsOfRow = ({ events, input, cached, output, nanos }: Sums): Sums => ({ events, input, cached, output, nanos })

/** The sums of the named groups, and of all others under a null id. */
export async function readSumsOf(
  { accountId, extent, filters, by }: { accountId: string; extent: Extent; filters: UsageFilters; by: Grouping },
  named: string[],
): Promise<({ id: string | null } & Sums)[]> {
  const values = new Values()
  const from = rollupOf(values, accountId, extent, filters)
  const column = groupColumns[by]
  return query(
    `select case when ${column} = any(${values.add(named)}::text[]) then ${column} end as id, ${sumColumns} from ${from} group by 1`,
    values.list,
  )
}

/** How many events there are, as the rollup of hours knows. */
export async function countEvents(accountId: string, extent: Extent, filters: UsageFilters): Promise<bigint> {
  const values = new Values()
  const [row] = await query<{ events: bigint | null }>(
    `select sum(r.events)::bigint as events from ${rollupOf(values, accountId, extent, filters)}`,
    values.list,
  )
  return row?.events ?? 0n
}

/** What an account's days and amounts are in. @throws Refusal `not_found` */
export async function readAccountTerms(accountId: string): Promise<{ name: string; currency: string }> {
  const [row] = await query<{ name: string; currency: string }>(
    'select name, currency from accounts where account_id = $1',
    [accountId],
  )
  if (!row) throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  return row
}

/** The billing months of an account between two (and including them), as they were, and the last one before these. */
export async function readMonths(accountId: string, from: string, to: string): Promise<ZonedMonth[]> {
  return query<ZonedMonth>(
    `with months as (
       select p.period, p.starts_at, p.ends_at, p.time_zone
         from budgets b join budget_periods p on p.account_id = b.account_id and p.budget_id = b.budget_id
        where b.account_id = $1 and b.scope = 'account' and b."window" = 'monthly' and p.period <= $3)
     select period, starts_at as "startsAt", ends_at as "endsAt", time_zone as "timeZone" from months
      where period >= coalesce((select max(period) from months where period < $2), $2) order by period`,
    [accountId, from, to],
  )
}

/** The names of models, keys or members, as far as they have one. Tags are their own names. */
export async function readNames(accountId: string, by: Grouping, ids: string[]): Promise<Map<string, string>> {
  if (by === 'tag' || ids.length === 0) return new Map()
  const rows = await query<{ id: string; name: string }>(nameQueries[by], by === 'key' ? [ids, accountId] : [ids])
  return new Map(rows.map(({ id, name }) => [id, name]))
}

const nameQueries: Record<Exclude<Grouping, 'tag'>, string> = {
  model: 'select model as id, name from models where model = any($1)',
  key: 'select key_id::text as id, name from api_keys where key_id = any($1::uuid[]) and account_id = $2',
  member: 'select id::text as id, coalesce(name, email) as name from users where id = any($1::uuid[])',
}

export interface Option {
  id: string
  name: string
}

const mostOptions = 200

/** What can be filtered by: models that were used, keys and members of the account, tags of the range. */
export async function readOptions(
  accountId: string,
  { from, to }: { from: string; to: string },
): Promise<Record<Grouping, Option[]>> {
  const [model, key, member, tag] = await Promise.all([
    query<Option>('select model as id, name from models order by name, model'),
    query<Option>(
      `select key_id::text as id, name from api_keys where account_id = $1 and rotated_from is null
        order by revoked_at is not null, name, key_id limit ${mostOptions}`,
      [accountId],
    ),
    query<Option>(
      `select u.id::text as id, coalesce(u.name, u.email) as name from memberships m join users u on u.id = m.user_id
        where m.account_id = $1 order by 2, 1 limit ${mostOptions}`,
      [accountId],
    ),
    query<Option>(
      `select tag as id, tag as name from usage_days
        where account_id = $1 and day >= $2::date and day <= $3::date and tag <> '' group by tag order by sum(amount) desc, tag limit ${mostOptions}`,
      [accountId, from, to],
    ),
  ])
  return { model, key, member, tag }
}

/** An event as it stands in its table. */
export interface EventRow {
  eventKey: string
  eventId: string | null
  recordedAt: Date
  occurredAt: Date | null
  model: string
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
  amount: bigint
  beyond: bigint | null
  source: EventSource
  holdId: string | null
  keyId: string | null
  memberId: string | null
  tag: string | null
  transferSeq: bigint | null
}

/** The columns of an EventRow, from an event `e`. */
export const eventColumns = `e.event_key as "eventKey", e.event_id as "eventId", e.recorded_at as "recordedAt", e.occurred_at as "occurredAt", e.model,
  e.input_tokens as "inputTokens", e.cached_input_tokens as "cachedInputTokens", e.output_tokens as "outputTokens", e.amount,
  e.beyond_amount as beyond, e.source, e.hold_id as "holdId", e.key_id as "keyId", e.member_id as "memberId", e.tag, e.transfer_seq as "transferSeq"`

function eventFilters(values: Values, filters: UsageFilters): string {
  return (Object.entries(filters) as [Grouping, string | null | undefined][])
    .filter(([, value]) => value !== undefined)
    .map(([by, value]) =>
      value === null ? ` and e.${columns[by]} is null` : ` and e.${columns[by]} = ${values.add(value)}`,
    )
    .join('')
}

interface EventRange {
  accountId: string
  startsAt: Date
  endsAt: Date
  filters: UsageFilters
}

const utcMonth = (at: Date): string => `${at.toISOString().slice(0, 7)}-01`

/** Planned for its parameters: how many events a range holds decides what is quick. */
const readRows = async (text: string, values: unknown[]): Promise<EventRow[]> =>
  (await pool().query<EventRow>(text, values)).rows

const isFiltered = (filters: UsageFilters) => Object.values(filters).some((value) => value !== undefined)

/** The newest events of a range below a cursor. With filters only hours are looked into that the rollup says have such events. */
export async function readEvents(range: EventRange, before: EventCursor | null, most: number): Promise<EventRow[]> {
  const hours = isFiltered(range.filters) ? await hoursWithEvents(range, before, most) : null
  if (hours?.length === 0) return []
  const values = new Values()
  const account = values.add(range.accountId)
  const [startsAt, endsAt] = [values.add(range.startsAt), values.add(range.endsAt)]
  const below = before
    ? ` and e.recorded_at <= ${values.add(before.recordedAt)} and (e.recorded_at, e.event_key) < (${values.add(before.recordedAt)}::timestamptz, ${values.add(before.eventKey)}::uuid)`
    : ''
  const wanted = `e.account_id = ${account} and e.recorded_at >= ${startsAt} and e.recorded_at < ${endsAt}${below}${eventFilters(values, range.filters)}`
  const order = `order by "recordedAt" desc, "eventKey" desc limit ${values.add(most)}`
  if (!hours) {
    const [first, last] = [values.add(utcMonth(range.startsAt)), values.add(utcMonth(range.endsAt))]
    return readRows(
      `select ${eventColumns} from usage_events e where ${wanted} and e.month between ${first}::date and ${last}::date ${order}`,
      values.list,
    )
  }
  return readRows(
    `select ${eventColumns} from unnest(${values.add(hours)}::timestamptz[]) as h(hour)
       cross join lateral (
         select * from usage_events e
          where ${wanted} and e.month = date_trunc('month', h.hour at time zone 'UTC')::date
            and e.recorded_at >= h.hour and e.recorded_at < h.hour + interval '1 hour') e
     ${order}`,
    values.list,
  )
}

/** How far back is looked at first for hours with events; eight times as far each time that this is not enough. */
const firstLookMs = 2 * dayMs

/** The newest hours that hold, below the cursor, as many events as are wanted. */
async function hoursWithEvents(range: EventRange, before: EventCursor | null, most: number): Promise<Date[]> {
  const start = floorToHour(range.startsAt)
  let end = before && before.recordedAt < range.endsAt ? new Date(before.recordedAt.getTime() + 1) : range.endsAt
  let found = 0n
  const hours: Date[] = []
  for (let lookMs = firstLookMs; end > start; lookMs *= 8) {
    const from = floorToHour(new Date(Math.max(start.getTime(), end.getTime() - lookMs)))
    const values = new Values()
    const rows = await query<{ hour: Date; events: bigint }>(
      `select r.hour, sum(r.events)::bigint as events
         from ${rollupOf(values, range.accountId, { step: 'hour', startsAt: from, endsAt: end }, range.filters)}
        group by r.hour order by r.hour desc limit ${values.add(most + 1)}`,
      values.list,
    )
    for (const { hour, events } of rows) {
      // Of the newest hour nothing may be left below the cursor.
      if (hours.length > 0) found += events
      hours.push(hour)
      if (found >= BigInt(most)) return hours
    }
    end = from
  }
  return hours
}

/** The oldest events of a range above a cursor. */
export async function readEventsUpwards(
  range: EventRange,
  after: EventCursor | null,
  most: number,
): Promise<EventRow[]> {
  const values = new Values()
  const above = after
    ? ` and e.recorded_at >= ${values.add(after.recordedAt)} and (e.recorded_at, e.event_key) > (${values.add(after.recordedAt)}::timestamptz, ${values.add(after.eventKey)}::uuid)`
    : ''
  const first = after ? after.recordedAt : range.startsAt
  return readRows(
    `select ${eventColumns} from usage_events e
      where e.account_id = ${values.add(range.accountId)} and e.recorded_at >= ${values.add(range.startsAt)} and e.recorded_at < ${values.add(range.endsAt)}
        and e.month between ${values.add(utcMonth(first))}::date and ${values.add(utcMonth(range.endsAt))}::date${above}${eventFilters(values, range.filters)}
      order by e.recorded_at, e.event_key limit ${values.add(most)}`,
    values.list,
  )
}
