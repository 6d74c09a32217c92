/** The secret of an invitation's link: it names its account, so that it is found by the account's key. */
import { createHash, randomBytes } from 'node:crypto'
import { parse, stringify } from 'uuid'

const idBytes = 16
const secretBytes = 32

/** A new secret for an invitation of the account, and what is kept of it. */
export function newToken(accountId: string): { token: string; hash: Buffer } {
  const token = Buffer.concat([parse(accountId), randomBytes(secretBytes)]).toString('base64url')
  return { token, hash: hashOf(token) }
}

/** The account that a link is for, and the hash that its invitation is found by; null when it cannot be one. */
export function readToken(token: string): { accountId: string; hash: Buffer } | null {
  if (!/^[A-Za-z0-9_-]{64}$/.test(token)) return null
  const bytes = Buffer.from(token, 'base64url')
  try {
    return { accountId: stringify(bytes.subarray(0, idBytes)), hash: hashOf(token) }
  } catch {
    return null
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
