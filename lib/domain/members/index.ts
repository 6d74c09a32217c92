/** Members: who belongs to an account, and what their role lets them do. */
export { addMember, billingContacts, operatorContacts } from './add-member'
export { countSignInAttempt } from './count-sign-in-attempt'
export { listAccountsOf, type MembershipDto } from './list-accounts-of'
export { makeOperator } from './make-operator'
export { operatorRoleOf, requireOperator } from './require-operator'
export { requireRole } from './require-role'
export type { Action, OperatorAction, Role } from './rules'
export { countAttempt } from './store'
