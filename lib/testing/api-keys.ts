/** API keys of accounts and budgets of keys and members, made through the product's own verbs. */
import { createApiKey } from '@/lib/domain/api-keys'
import { setBudget } from '@/lib/domain/budgets'
import type { BudgetWindow, SubjectScope } from '@/lib/domain/budgets/rules'
import type { UsageFacts } from '@/lib/domain/usage/rules'
import { tester } from './builders'

export interface TestKey {
  keyId: string
  memberId: string
  /** The whole key. */
  secret: string
  /** What a request that comes with it is: the key, its member, no tag. */
  facts: UsageFacts
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
