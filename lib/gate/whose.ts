/** Whose usage a request is: the account, and within it the API key, its member and the caller's tag. */
import { Refusal } from '@/lib/core/errors'
import { type ResolvedApiKey, resolveApiKey } from '@/lib/domain/api-keys'
import { noUsageFacts, type UsageFacts } from '@/lib/domain/usage/rules'
import type { Named } from './events'

export interface Whose {
  accountId: string
  facts: UsageFacts
}

/** Keys that were looked up, by `keyNameOf`; or why they may not spend. */
export type KnownKeys = Map<string, ResolvedApiKey | Refusal>

/** What a key is known by among others; null when none is named. */
export const keyNameOf = ({ accountId, apiKey, apiKeyHash }: Named): string | null =>
  apiKey ?? (apiKeyHash === undefined ? null : `${accountId}#${apiKeyHash}`)

/**
 * The key that a request names. A revocation acts within half a second.
 * @throws Refusal `api_key_invalid` for a key that is unknown, over or may not spend; `invalid_request` for a hash without an
 *   account; `temporarily_unavailable`.
 */
export async function keyOf({ accountId, apiKey, apiKeyHash }: Named): Promise<ResolvedApiKey> {
  const field = apiKey === undefined ? 'api_key_hash' : 'api_key'
  if (apiKey === undefined && accountId === undefined) throw accountMissing()
  const key = await resolveApiKey(apiKey ?? { accountId: accountId!, hash: apiKeyHash! })
  if (!key) throw invalidKey(field, 'This API key is unknown, revoked or expired.')
  if (!key.scopes.includes('spend')) throw invalidKey(field, 'This API key may not spend: it lacks the scope spend.')
  return key
}

/** The account and the facts of its usage, with the keys that were looked up before. */
export function whoseWith(named: Named, keys: KnownKeys): Whose | Refusal {
  const { accountId, tag = null } = named
  const name = keyNameOf(named)
  if (name !== null) {
    const key = keys.get(name)!
    if (key instanceof Refusal) return key
    return { accountId: key.accountId, facts: { keyId: key.keyId, memberId: key.memberUserId, tag } }
  }
  if (accountId === undefined) return accountMissing()
  return { accountId, facts: tag === null ? noUsageFacts : { ...noUsageFacts, tag } }
}

/** The same of one request. @throws Refusal as `keyOf`, and `invalid_request` when no account is named. */
export async function whose(named: Named): Promise<Whose> {
  const name = keyNameOf(named)
  const keys: KnownKeys = name === null ? new Map() : new Map([[name, await keyOf(named)]])
  const found = whoseWith(named, keys)
  if (found instanceof Refusal) throw found
  return found
}

/**
 * The facts of usage that is charged to a lease of `accountId`: an event there names no account of its own.
 * @throws Refusal as `keyOf`, also for a key of another account
 */
export async function factsWithin(accountId: string, named: Named): Promise<UsageFacts> {
  const found = await whose({ ...named, accountId: named.apiKey === undefined ? accountId : undefined })
  if (found.accountId !== accountId) throw invalidKey('api_key', 'This API key is of another account than the lease.')
  return found.facts
}

const invalidKey = (field: string, message: string) =>
  new Refusal('api_key_invalid', { field, message: `${message} Nothing was charged.` })

const accountMissing = () =>
  new Refusal('invalid_request', {
    field: 'account_id',
    message: 'account_id is missing: name it in the event or for the whole batch, or send the api_key of the account.',
  })
