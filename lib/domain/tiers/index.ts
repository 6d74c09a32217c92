/** Tiers: what an account has reached by what it spent or added, and what that brings. */
export { type AccountLimitsDto, getAccountLimits, getLimitQueue, type LimitQueueDto } from './get-account-limits'
export {
  getLimits,
  type KindLimitDto,
  type LimitPointDto,
  type LimitsDto,
  type ModelLimitsDto,
  type RungDto,
} from './get-limits'
export {
  forgetLimits,
  type LimitBook,
  limitBook,
  setHouseLimits,
  type WrittenHouseLimits,
  writtenHouseLimits,
} from './house-limits'
export {
  askOperatorForMore,
  decideLimitRequest,
  type LimitRequestDto,
  listOpenLimitRequests,
  tellLimitRequest,
  withdrawLimitRequest,
} from './limit-requests'
export { recordTierIn, sweepTiers } from './record-tier'
export { type LimitsInput, setLimits } from './set-limits'
export { readOwnTokens } from './store'
