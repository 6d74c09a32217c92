import { stringify } from 'csv-stringify/sync'
import type { Actor } from '@/lib/core/actor'
import type { Download } from '@/lib/core/download'
import { requireRole } from '../members'
import { type AuditEntryDto, type AuditQuery, filtersOf, toDto } from './list-audit-entries'
import { type AuditPlace, readEntries } from './store'

const columns = ['at', 'who', 'action', 'from_ip', 'before', 'after', 'entry_id']
const pageLength = 500

/**
 * The audit log as CSV, the newest entry first, with the same filters as the page. It is read a page at a time, so that
 * a log of any length can be exported. A value that a spreadsheet would take for a formula is shown as text.
 * @throws Refusal `not_allowed`, `invalid_request`
 */
export async function exportAudit(actor: Actor, { accountId, ...asked }: AuditQuery): Promise<Download> {
  await requireRole(actor, accountId, 'audit:read')
  const filters = await filtersOf({ accountId, ...asked })
  async function* chunks() {
    yield csv([columns])
    let after: AuditPlace | null = null
    for (;;) {
      const rows = await readEntries(accountId, filters, { after, limit: pageLength })
      if (rows.length > 0) yield csv(rows.map((row) => rowOf(toDto(row))))
      const last = rows.at(-1)
      if (rows.length < pageLength || !last) return
      after = { at: last.at, entryId: last.entryId }
    }
  }
  return { fileName: 'audit-log.csv', contentType: 'text/csv; charset=utf-8', chunks: chunks() }
}

const rowOf = ({ at, actor, action, ip, before, after, entryId }: AuditEntryDto): string[] => [
  at,
  whoOf(actor),
  action,
  ip ?? '',
  before === null ? '' : JSON.stringify(before),
  after === null ? '' : JSON.stringify(after),
  entryId,
]

function whoOf(actor: AuditEntryDto['actor']): string {
  if (actor.kind === 'person') return actor.email ?? actor.userId
  return actor.kind === 'operator' ? 'operator of the platform' : `system: ${actor.name}`
}

const csv = (rows: string[][]): string => stringify(rows, { escape_formulas: true, record_delimiter: 'windows' })
