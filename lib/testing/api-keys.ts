/** Members and API keys of accounts, and budgets of both, made through the product's own verbs. */
import { newId } from '@/lib/core/ids'
import { signUp } from '@/lib/domain/accounts'
import { createApiKey } from '@/lib/domain/api-keys'
import { setBudget } from '@/lib/domain/budgets'
import type { BudgetWindow, SubjectScope } from '@/lib/domain/budgets/rules'
import { addMember } from '@/lib/domain/members'
import type { UsageFacts } from '@/lib/domain/usage/rules'
import { now } from '@/lib/edges/clock'
import { inTransaction } from '@/lib/edges/db'
import { tester } from './builders'

export interface TestKey {
  keyId: string
  memberId: string
  /** The whole key. */
  secret: string
  /** What a request that comes with it is: the key, its member, no tag. */
  facts: UsageFacts
}

/** A developer of the account besides its owner. */
export async function aDeveloper(accountId: string): Promise<{ userId: string }> {
  const { userId } = await signUp(tester, { email: `${newId()}@example.com`, name: 'Grace' })
  const at = await now()
  await inTransaction((tx) => addMember(tx, { accountId, userId, role: 'developer', at }))
  return { userId }
}

/** An API key of a member that may spend and read. */
export async function anApiKey(
  accountId: string,
  memberId: string,
  { name = 'CI', scopes = ['spend', 'read'] }: { name?: string; scopes?: ('spend' | 'read')[] } = {},
): Promise<TestKey> {
  const wanted = { accountId, name, scopes, member: memberId, expiresInDays: null }
  const { key, secret } = await createApiKey(tester, wanted)
  const { keyId } = key
  return { keyId, memberId, secret, facts: { keyId, memberId, tag: null } }
}

/** A budget of a key or a member; `limit` is a decimal string. */
export const aBudget = (
  accountId: string,
  scope: SubjectScope,
  subject: string,
  window: BudgetWindow,
  limit: string,
): Promise<unknown> => setBudget(tester, { accountId, scope, subject, window, limit })
