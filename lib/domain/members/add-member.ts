import type { Tx } from '@/lib/edges/db'
import type { Role } from './rules'
import { mayOperate, type OperatorAction, operatorRoles, rolesThatAreTold } from './rules'
import { insertMembership, readAddresses, readOperatorAddresses } from './store'

/** Makes the user a member of the account. Changes nothing when they are one already. */
export async function addMember(
  tx: Tx,
  member: { accountId: string; userId: string; role: Role; at: Date },
): Promise<void> {
  await insertMembership(tx, member)
}

/** The e-mail addresses of those who look after the account's money. */
export const billingContacts = (accountId: string): Promise<string[]> => readAddresses(accountId, rolesThatAreTold)

/** The e-mail addresses of the platform's staff that may do an action. */
export const operatorContacts = (action: OperatorAction): Promise<string[]> =>
  readOperatorAddresses(operatorRoles.filter((role) => mayOperate(role, action)))
