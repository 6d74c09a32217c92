/** What forecasts and simulations read of an account's past. */
import { type Money, money } from '@/lib/core/money'
import { query } from '@/lib/edges/db'
import type { TransferKind } from '../ledger/rules'
import type { DayOfUsage } from './rules'
import type { Requests } from './simulate'

/** What usage cost on each of the days from `from` to `to` ("2026-11-21"), oldest first; days without usage are left out. */
export const readDaysOfUsage = (accountId: string, from: string, to: string): Promise<DayOfUsage[]> =>
  query<DayOfUsage>(
    `select to_char(day, 'YYYY-MM-DD') as day, sum(amount)::bigint as nanos from usage_days
      where account_id = $1 and day between $2::date and $3::date group by day order by day`,
    [accountId, from, to],
  )

/** A billing month as it was; null when the account had none. */
export async function readMonth(
  accountId: string,
  period: string,
): Promise<{ startsAt: Date; endsAt: Date; timeZone: string; spent: bigint } | null> {
  const [row] = await query<{ startsAt: Date; endsAt: Date; timeZone: string; spent: bigint }>(
    `select p.starts_at as "startsAt", p.ends_at as "endsAt", p.time_zone as "timeZone", p.spent
       from budgets b join budget_periods p on p.account_id = b.account_id and p.budget_id = b.budget_id
      where b.account_id = $1 and b.scope = 'account' and b."window" = 'monthly' and p.period = $2`,
    [accountId, period],
  )
  return row ?? null
}

interface Span {
  accountId: string
  startsAt: Date
  endsAt: Date
}

/** The usage of whole hours, oldest first. */
export async function readHours(
  { accountId, startsAt, endsAt }: Span,
  currency: string,
): Promise<{ hour: Date; amount: Money; count: number }[]> {
  const rows = await query<{ hour: Date; nanos: bigint; events: bigint }>(
    `select hour, sum(amount)::bigint as nanos, sum(events)::bigint as events from usage_hours
      where account_id = $1 and hour >= $2 and hour < $3 group by hour order by hour`,
    [accountId, startsAt, endsAt],
  )
  return rows.map(({ hour, nanos, events }) => ({ hour, amount: money(nanos, currency), count: Number(events) }))
}

const eventsAtOnce = 20_000

/** Every request of a span of time, in the order in which they were recorded, in parts. */
export async function* readEvents({ accountId, startsAt, endsAt }: Span, currency: string): AsyncGenerator<Requests[]> {
  const months = [startsAt, endsAt].map((at) => `${at.toISOString().slice(0, 7)}-01`)
  let after = { at: new Date(startsAt.getTime() - 1), key: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }
  for (;;) {
    const rows = await query<{ at: Date; key: string; nanos: bigint }>(
      `select recorded_at as at, event_key as key, amount as nanos from usage_events
        where account_id = $1 and recorded_at < $2 and (recorded_at, event_key) > ($3, $4::uuid)
          and month between $5::date and $6::date
        order by recorded_at, event_key limit ${eventsAtOnce}`,
      [accountId, endsAt, after.at, after.key, ...months],
    )
    yield rows.map(({ at, nanos }) => ({ at, amount: money(nanos, currency), count: 1 }))
    const last = rows.at(-1)
    if (!last || rows.length < eventsAtOnce) return
    after = last
  }
}

/** What moved the balance in a span of time besides usage, oldest first. */
export const readMovements = ({
  accountId,
  startsAt,
  endsAt,
}: Span): Promise<{ at: Date; kind: TransferKind; nanos: bigint }[]> =>
  query(
    `select posted_at as at, kind, amount as nanos from transfers
      where account_id = $1 and kind <> 'usage' and posted_at >= $2 and posted_at < $3 order by seq`,
    [accountId, startsAt, endsAt],
  )

/** When the account's first movement was posted; null when there was none. */
export async function readFirstMovement(accountId: string): Promise<Date | null> {
  const [row] = await query<{ at: Date }>('select posted_at as at from transfers where account_id = $1 and seq = 1', [
    accountId,
  ])
  return row?.at ?? null
}
