/** Holds: credit set aside before a request runs. */
export { type HoldDto, holdDto } from './dto'
export { holdIdOf } from './hold-id'
export { findAccountsWithOverdueHolds, readHoldNow, readHolds, saveHolds } from './store'
