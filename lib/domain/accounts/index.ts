/** Accounts: the paying customers. */
export { type BillingProfileInput, billingProfileInput } from './billing-profile'
export { type BillingProfileDto, getBillingProfile } from './get-billing-profile'
export { getStanding, type StandingDto } from './get-standing'
export { type ListedAccountDto, listAccountsForOperator } from './list-accounts-for-operator'
export { openAnotherAccount } from './open-another-account'
export { saveBillingProfile } from './save-billing-profile'
export { signUp } from './sign-up'
