import { Refusal } from '@/lib/core/errors'
import type { Tx } from '@/lib/edges/db'

/** @throws Refusal `not_found` */
export async function lockRequestLimit(tx: Tx, accountId: string): Promise<number | null> {
  const { rows } = await tx.query<{ requests_per_minute: number | null }>(
    'select requests_per_minute from accounts where account_id = $1 for update',
    [accountId],
  )
  const row = rows[0]
  if (!row) throw new Refusal('not_found', { message: `There is no account ${accountId}.` })
  return row.requests_per_minute
}

export async function saveRequestLimit(tx: Tx, accountId: string, limit: number | null): Promise<void> {
  await tx.query('update accounts set requests_per_minute = $2 where account_id = $1', [accountId, limit])
}
