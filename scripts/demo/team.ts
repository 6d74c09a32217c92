import { system } from '../../lib/core/actor'
import { signUp } from '../../lib/domain/accounts'
import { createApiKey, listApiKeys } from '../../lib/domain/api-keys'
import { askForMore, listBudgetRequests, setBudget } from '../../lib/domain/budgets'
import { addMember } from '../../lib/domain/members'
import type { UsageFacts } from '../../lib/domain/usage/rules'
import { inTransaction } from '../../lib/edges/db'

const actor = system('seed')

/** A customer's programs: what their requests are counted for, and the key that the developer runs by night. */
export interface Team {
  accountId: string
  developerId: string
  nightKeyId: string
  /** The secrets of the keys that were made just now. */
  secrets: string[]
  /** Of ten requests in a row, whose each is; two come with no key. */
  factsOfTen: (UsageFacts | undefined)[]
}

/** A developer joins the owner, and each has a key. */
export async function makeTeam(accountId: string, ownerId: string): Promise<Team> {
  const developer = await signUp(actor, { email: 'linus@example.com', name: 'Linus' })
  await inTransaction((tx) => addMember(tx, { accountId, userId: developer.userId, role: 'developer', at: new Date() }))
  // A seed that was stopped half-way goes on with the keys that it made.
  const { keys } = await listApiKeys(actor, { accountId })
  const secrets: string[] = []
  const keyOf = async (name: string, member: string) => {
    const known = keys.find((key) => key.name === name)
    if (known) return known.keyId
    const made = await createApiKey(actor, { accountId, name, scopes: ['spend', 'read'], member, expiresInDays: null })
    secrets.push(made.secret)
    return made.key.keyId
  }
  const appKeyId = await keyOf('Production', ownerId)
  const nightKeyId = await keyOf('Nightly evaluation', developer.userId)
  const app = (tag: string): UsageFacts => ({ keyId: appKeyId, memberId: ownerId, tag })
  const night: UsageFacts = { keyId: nightKeyId, memberId: developer.userId, tag: 'evaluation' }
  return {
    accountId,
    developerId: developer.userId,
    nightKeyId,
    secrets,
    factsOfTen: [
      ...Array<UsageFacts>(4).fill(app('chat')),
      ...Array<UsageFacts>(2).fill(app('code-review')),
      ...Array<UsageFacts>(2).fill(night),
      undefined,
      undefined,
    ],
  }
}

/** Budgets for the developer and their key, and a request for more that waits for the owner. */
export async function limitTeam({ accountId, developerId, nightKeyId }: Team): Promise<void> {
  const ofKey = { accountId, scope: 'key' as const, subject: nightKeyId }
  const weekly = await setBudget(actor, { ...ofKey, window: 'weekly', limit: '2.00' })
  await setBudget(actor, { accountId, scope: 'member', subject: developerId, window: 'monthly', limit: '15.00' })
  const { requests } = await listBudgetRequests(actor, { accountId })
  if (requests.length > 0) return
  await askForMore(
    { kind: 'user', userId: developerId },
    { accountId, budgetId: weekly.budgetId, limit: '5.00', reason: 'The new model is compared until Friday' },
  )
}
