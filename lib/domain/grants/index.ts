/** Credit grants: parcels of credit, in burn order, and their end. */
export { givePromotion, type PromotionDto } from './give-promotion'
export { grantCredit } from './grant-credit'
export { type GrantDto, type GrantState, listGrants } from './list-grants'
export { closeExpiredGrants, endGrant, findAccountsWithExpiredCredit, findSignupGrant } from './store'
export { warnOfExpiry } from './warn-of-expiry'
