import { timingSafeEqual } from 'node:crypto'
import { isId } from '@/lib/core/ids'
import { minuteMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { type ApiKeyScope, readApiKey } from './rules'
import { hashKey } from './secret'
import { type ApiKeySecretRow, findApiKey, findApiKeyByHash, saveKeyUse } from './store'

/** What an API key stands for: whose credit, and whose usage it is. */
export interface ResolvedApiKey {
  accountId: string
  keyId: string
  memberUserId: string
  scopes: ApiKeyScope[]
}

/** How long a process may go on with a key it has just looked up: what a revocation takes at most. */
const trustMs = 500
const mostRemembered = 10_000

const remembered = new Map<string, { row: Promise<ApiKeySecretRow | null>; atMs: number }>()

/**
 * The account, key and member of an API key in force, by its whole text or by the account and the hexadecimal SHA-256 of the
 * whole text; null when it is unknown, revoked, expired or rotated away. A secret within its grace is the key it was of. What
 * the key may do is the caller's to check in `scopes`. A revocation acts within half a second, in every process. Notes the use,
 * at most once a minute, on its own.
 * @throws Refusal `temporarily_unavailable` when the database is away.
 */
export async function resolveApiKey(key: string | { accountId: string; hash: string }): Promise<ResolvedApiKey | null> {
  const [found, at] = await Promise.all([typeof key === 'string' ? byText(key) : byHash(key), now()])
  if (!found) return null
  const { accountId, row } = found
  const ends = [row.expires_at, row.grace_until]
  if (row.is_revoked || ends.some((end) => end && end <= at)) return null
  noteUse(accountId, row.key_id, at)
  return { accountId, keyId: row.key_id, memberUserId: row.member_user_id, scopes: row.scopes as ApiKeyScope[] }
}

type Found = { accountId: string; row: ApiKeySecretRow } | null

async function byText(key: string): Promise<Found> {
  const named = readApiKey(key)
  if (!named) return null
  const { accountId, publicId } = named
  const row = await remember(`${accountId}/${publicId}`, () => findApiKey(accountId, publicId))
  return row && timingSafeEqual(row.secret_hash, hashKey(key)) ? { accountId, row } : null
}

async function byHash({ accountId, hash }: { accountId: string; hash: string }): Promise<Found> {
  if (!isId(accountId) || !/^[0-9a-f]{64}$/i.test(hash)) return null
  const bytes = Buffer.from(hash, 'hex')
  const row = await remember(`${accountId}#${hash.toLowerCase()}`, () => findApiKeyByHash(accountId, bytes))
  return row && { accountId: accountId.toLowerCase(), row }
}

/** Requests that come at once share one look-up. Its age counts from before it is sent: what it finds may be that old. */
function remember(name: string, find: () => Promise<ApiKeySecretRow | null>): Promise<ApiKeySecretRow | null> {
  const atMs = Date.now()
  const known = remembered.get(name)
  if (known && atMs - known.atMs < trustMs) return known.row
  const row = find()
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(name, { row, atMs })
  row.catch(() => remembered.delete(name))
  return row
}

const noted = new Map<string, number>()

/** In a statement of its own that nobody waits for: a key's use must never hold up a request, or fail it. */
function noteUse(accountId: string, keyId: string, at: Date): void {
  const name = `${accountId}/${keyId}`
  const atMs = Date.now()
  if (atMs - (noted.get(name) ?? 0) < minuteMs) return
  if (noted.size >= mostRemembered) noted.clear()
  noted.set(name, atMs)
  saveKeyUse(accountId, keyId, at, new Date(at.getTime() - minuteMs)).catch(() => noted.delete(name))
}
