/** Usage: what requests cost, charged exactly once. */
export { inAccountTransaction } from './account-queue'
export { type GateScope, requireGate } from './authority'
export { type Charge, chargeUsage } from './charge-usage'
export { factsOf, type LockedAccount, lockAccount, refusalFor, tellOfPause } from './decide'
export { getGateBalance } from './get-gate-balance'
export { getUsageDays, type UsageDayDto } from './get-usage-days'
export { recordUsage, type UsageOutcome, type UsageReport } from './record-usage'
export { requestHash } from './request-hash'
