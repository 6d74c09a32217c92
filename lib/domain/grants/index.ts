/** Credit grants: parcels of credit, in burn order. */
export { grantCredit } from './grant-credit'
export { type GrantDto, listGrants } from './list-grants'
