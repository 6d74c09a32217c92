/** Holds: credit set aside before a request runs, then settled, released or expired. */
export { authorize, defaultHoldSeconds, type HoldDto, type HoldSize, longestHoldSeconds } from './authorize'
export { expireHolds } from './expire-holds'
export { release } from './release'
export { type Settlement, settle } from './settle'
