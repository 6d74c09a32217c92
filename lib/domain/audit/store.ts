import { newId } from '@/lib/core/ids'
import type { Tx } from '@/lib/edges/db'

export interface AuditRow {
  accountId: string
  actor: string
  ip: string | null
  action: string
  before: unknown
  after: unknown
  at: Date
}

export async function insertAuditEntry(tx: Tx, row: AuditRow): Promise<void> {
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value))
  await tx.query(
    `insert into audit_entries (account_id, entry_id, actor, action, before, after, ip, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [row.accountId, newId(), row.actor, row.action, json(row.before), json(row.after), row.ip, row.at],
  )
}
