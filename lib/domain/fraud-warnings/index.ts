/** Payments that an issuer reported as fraud: a refund now is better than the dispute that follows. Only staff is told. */
export { type FraudWarningDto, listFraudWarnings } from './list-fraud-warnings'
export { syncFraudWarning } from './sync-fraud-warning'
