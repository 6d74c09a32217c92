/** The audit log: every change of money, settings, roles or keys. */
export { exportAudit } from './export-audit'
export {
  type AuditEntryDto,
  type AuditPageDto,
  type AuditQuery,
  listAuditActors,
  listAuditEntries,
} from './list-audit-entries'
export { recordAudit } from './record-audit'
export { readChanges } from './store'
