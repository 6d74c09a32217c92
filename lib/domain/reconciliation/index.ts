/** Reconciliation: Stripe and our books, compared in both directions, and what they differ in. */
export {
  type DriftFindingDto,
  type DriftReportDto,
  getDriftSummary,
  listDriftReports,
  parseSince,
  readDriftReport,
  startReconciliation,
} from './reports'
export { reconcileNightly, runReconciliation } from './run-reconciliation'
export { tellOfDrift } from './tell-of-drift'
