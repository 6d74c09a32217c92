/** Disputes: payments that a cardholder's bank has questioned. What they do to credit is decided in refunds. */
export type { DisputeDto } from './dto'
export { frozenCredit, listDisputes } from './list-disputes'
export { type Dispute, readDisputes, readUnaskedDisputes, saveDispute } from './store'
