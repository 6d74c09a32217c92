import type { Tx } from '@/lib/edges/db'
import type { Invariant } from './invariants'

export interface Violation {
  accountId: string | null
  detail: string
}

/** The rows that break an invariant: how many, and the first few. */
export async function findViolations(
  tx: Tx,
  invariant: Invariant,
  most: number,
): Promise<{ count: number; first: Violation[] }> {
  const { rows } = await tx.query<{ account_id: string | null; detail: string; total: string }>(
    `select account_id, detail, count(*) over () as total from (${invariant.sql}) violations limit ${most}`,
  )
  return {
    count: Number(rows[0]?.total ?? 0),
    first: rows.map((row) => ({ accountId: row.account_id, detail: row.detail })),
  }
}
