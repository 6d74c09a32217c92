/** Contracts: who is post-paid, on which terms, and who asks for it (PRODUCT "Post-paid"). */
export { closeMonths } from './close-months'
export type { BillingModeDto, ContractDto, OperatorContractDto, PostPaidRequestDto } from './dto'
export { getBillingMode } from './get-billing-mode'
export { readCreditLimits } from './read-credit-limits'
export {
  decidePostPaidRequest,
  listOpenPostPaidRequests,
  requestPostPaid,
  tellPostPaidRequest,
  withdrawPostPaidRequest,
} from './requests'
export { changeContract, endContract, listContracts, startContract } from './start-contract'
export { readAccountBilling } from './store'
