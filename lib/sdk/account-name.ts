/**
 * Whose usage it is: the account by its id, alone or with the SHA-256 (hexadecimal) of the customer's whole API key; or by that
 * key itself, which names its account.
 */
export type AccountName =
  | { accountId: string; apiKeyHash?: string; apiKey?: never }
  | { apiKey: string; accountId?: never; apiKeyHash?: never }

/** The account alone, of options that say more. */
export const accountNameOf = ({ accountId, apiKey, apiKeyHash }: AccountName): AccountName => {
  if (apiKey !== undefined) return { apiKey }
  return apiKeyHash === undefined ? { accountId } : { accountId, apiKeyHash }
}

const apiKeyPattern = /^purse_ak_([a-z2-7]{26})[a-z2-7]{8}_[A-Za-z0-9_-]{43}$/
const base32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** The id of the account that an API key names, in force or not; null for a text that is no key. */
export function accountOfApiKey(apiKey: string): string | null {
  const account = apiKeyPattern.exec(apiKey)?.[1]
  if (!account) return null
  let bits = 0n
  for (const character of account) bits = (bits << 5n) | BigInt(base32.indexOf(character))
  const hex = (bits >> 2n).toString(16).padStart(32, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
