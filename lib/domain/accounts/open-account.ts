import { isPlainText, tidyText } from '@/lib/core/text'
import type { Tx } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { createMonthlyBudget } from '../budgets'
import { insertBalance } from '../ledger'
import { addMember } from '../members'
import { giveSignupCredit } from '../signup-credit'
import { longestName } from './rules'
import { insertAccountOnce } from './store'

const currency = 'usd'
const firstTimeZone = 'UTC'

/**
 * Opens the account that a person gets with their first sign-in, with the signup credit, unless the person had it with
 * another account. It bears the user's id: its primary key is what makes opening it twice impossible.
 */
export async function openAccount(
  tx: Tx,
  { userId, email, name, at }: { userId: string; email: string; name?: string | null; at: Date },
): Promise<{ accountId: string; isNew: boolean }> {
  const accountId = userId
  const isNew = await openEmpty(tx, { accountId, userId, name: accountName(name, email), email, at })
  if (isNew) await giveSignupCredit(tx, { accountId, userId, email, at })
  return { accountId, isNew }
}

/** Empty books, a monthly budget without a cap, and the person as the owner. False when the account is there already. */
export async function openEmpty(
  tx: Tx,
  opened: { accountId: string; userId: string; name: string; email: string; at: Date },
): Promise<boolean> {
  const { accountId, userId, name, email, at } = opened
  if (!(await insertAccountOnce(tx, { accountId, name, email, at }))) return false
  await insertBalance(tx, accountId, currency)
  await createMonthlyBudget(tx, accountId, firstTimeZone, at)
  await addMember(tx, { accountId, userId, role: 'owner', at })
  const actor = { kind: 'user', userId } as const
  await recordAudit(tx, { accountId, actor, action: 'account.opened', after: { name, owner: email }, at })
  return true
}

/** A name to begin with: the person's own, else what stands before the @. */
function accountName(name: string | null | undefined, email: string): string {
  const own = name && isPlainText(name) ? tidyText(name) : ''
  return [...(own || email.split('@')[0]!)].slice(0, longestName).join('')
}
