/** What keys look like and how long they last. Pure. */

/** "purse_sk_<8 characters>_<43 characters>": a fixed start, so that scanners of leaked secrets can find it. */
export const serviceKeyPattern = /^purse_sk_([a-z0-9]{8})_([A-Za-z0-9_-]{43})$/

export const serviceKeyText = (publicId: string, secret: string): string => `purse_sk_${publicId}_${secret}`

export const serviceKeyScopes = ['usage:write', 'balance:read'] as const
export type ServiceKeyScope = (typeof serviceKeyScopes)[number]

/**
 * "purse_ak_<26 characters of the account><8 characters>_<43 characters>": the account stands in the key, so that every look-up
 * of a key stays within its account.
 */
const apiKeyPattern = /^purse_ak_([a-z2-7]{26})([a-z2-7]{8})_[A-Za-z0-9_-]{43}$/

export const apiKeyText = (accountId: string, publicId: string, secret: string): string =>
  `purse_ak_${accountText(accountId)}${publicId}_${secret}`

/** The account and the public part of an API key; null when the text is none. */
export function readApiKey(key: string): { accountId: string; publicId: string } | null {
  const [, account, publicId] = apiKeyPattern.exec(key) ?? []
  const accountId = account && accountOf(account)
  return accountId && publicId ? { accountId, publicId } : null
}

/** What is shown of a key once its secret is gone. */
export const shownKey = (publicId: string, lastFour: string): string => `purse_ak_…${publicId}_…${lastFour}`

export const base32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** The 128 bits of a UUID and two zero bits, five bits a character. */
function accountText(accountId: string): string {
  const bits = BigInt(`0x${accountId.replaceAll('-', '')}`) << 2n
  return Array.from({ length: 26 }, (_, place) => base32[Number((bits >> BigInt(5 * (25 - place))) & 31n)]).join('')
}

function accountOf(text: string): string | null {
  const bits = [...text].reduce((sum, character) => (sum << 5n) | BigInt(base32.indexOf(character)), 0n)
  if (bits & 3n) return null
  const hex = (bits >> 2n).toString(16).padStart(32, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** spend: requests may be authorised on it. read: balance, usage and explanations. */
export const apiKeyScopes = ['spend', 'read'] as const
export type ApiKeyScope = (typeof apiKeyScopes)[number]

export const longestName = 64
/** Keys in force that an account may have. */
export const mostKeys = 200
export const longestLifeDays = 3650
/** A rotated key's old secret works this long at most. */
export const longestGraceHours = 24

/** Where a key stands. What is over never comes back. */
export type ApiKeyState = 'active' | 'expired' | 'revoked'

export function apiKeyState(key: { revokedAt: Date | null; expiresAt: Date | null }, at: Date): ApiKeyState {
  if (key.revokedAt && key.revokedAt <= at) return 'revoked'
  return key.expiresAt && key.expiresAt <= at ? 'expired' : 'active'
}
