/** What a service key looks like. Pure. */

/** "purse_sk_<8 characters>_<43 characters>": a fixed start, so that scanners of leaked secrets can find it. */
export const serviceKeyPattern = /^purse_sk_([a-z0-9]{8})_([A-Za-z0-9_-]{43})$/

export const serviceKeyText = (publicId: string, secret: string): string => `purse_sk_${publicId}_${secret}`

export const serviceKeyScopes = ['usage:write', 'balance:read'] as const
export type ServiceKeyScope = (typeof serviceKeyScopes)[number]
