/** The signup credit: once for each account, verified identity and payment instrument. */
export { claimInstrument } from './claim-instrument'
export { giveSignupCredit } from './give-signup-credit'
