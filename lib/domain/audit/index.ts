/** The audit log: every change of money, settings, roles or keys. */
export { recordAudit } from './record-audit'
