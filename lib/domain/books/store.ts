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
export async function readExtent(tx: Tx): Promise<Extent> {
  const { rows: months } = await tx.query<{ month: string; bytes: string }>(
    `select substring(pg_get_expr(c.relpartbound, c.oid) from '\\d{4}-\\d{2}-\\d{2}') as month, pg_relation_size(c.oid)::text as bytes
       from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'usage_events'::regclass order by 1`,
  )
  const { rows: retired } = await tx.query<{ month: string }>(
    'select month::text from (select month from retired_months union select month from retired_usage) r order by 1',
  )
  const { rows: sizes } = await tx.query<{ transfers: string; draws: string; holds: string }>(
    `select pg_relation_size('transfers')::text as transfers, pg_relation_size('grant_draws')::text as draws, pg_relation_size('holds')::text as holds`,
  )
  return {
    months: months.map(({ month, bytes }) => ({ month, bytes: Number(bytes) })),
    retired: retired.map(({ month }) => month),
    eventBytes: months.reduce((total, { bytes }) => total + Number(bytes), 0),
    transferBytes: Number(sizes[0]?.transfers),
    drawBytes: Number(sizes[0]?.draws),
    holdBytes: Number(sizes[0]?.holds),
  }
}
