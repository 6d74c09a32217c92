import type { Tx } from '@/lib/edges/db'
import type { Extent } from './parts'

export interface Violation {
  accountId: string | null
  detail: string
}

/** The rows that a query of an invariant finds: how many, and the first few. */
export async function findViolations(
  tx: Tx,
  sql: string,
  most: number,
): Promise<{ count: number; first: Violation[] }> {
  const { rows } = await tx.query<{ account_id: string | null; detail: string; total: string }>(
    `select account_id, detail, count(*) over () as total from (${sql}) violations limit ${most}`,
  )
  return {
    count: Number(rows[0]?.total ?? 0),
    first: rows.map((row) => ({ accountId: row.account_id, detail: row.detail })),
  }
}

/** How much there is to check, by the size of the tables: known at once, and never out of date as row estimates are. */
export async function readExtent(tx: Tx, bytesPerShare: number): Promise<Extent> {
  const shares = (bytes: string | undefined) => Math.max(1, Math.ceil(Number(bytes) / bytesPerShare))
  const { rows: months } = await tx.query<{ month: string; bytes: string }>(
    `select substring(pg_get_expr(c.relpartbound, c.oid) from '\\d{4}-\\d{2}-\\d{2}') as month, pg_relation_size(c.oid)::text as bytes
       from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'usage_events'::regclass order by 1`,
  )
  const { rows: retired } = await tx.query<{ month: string }>(
    'select month::text from (select month from retired_months union select month from retired_usage) r order by 1',
  )
  const { rows: sizes } = await tx.query<{ events: string; transfers: string; draws: string; holds: string }>(
    `select pg_relation_size('transfers')::text as transfers, pg_relation_size('grant_draws')::text as draws, pg_relation_size('holds')::text as holds,
            (select coalesce(sum(pg_relation_size(inhrelid)), 0)::text from pg_inherits where inhparent = 'usage_events'::regclass) as events`,
  )
  return {
    months: months.map(({ month, bytes }) => ({ month, shares: shares(bytes) })),
    retired: retired.map(({ month }) => month),
    eventShares: shares(sizes[0]?.events),
    transferShares: shares(sizes[0]?.transfers),
    drawShares: shares(sizes[0]?.draws),
    holdShares: shares(sizes[0]?.holds),
  }
}
