import { timingSafeEqual } from 'node:crypto'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { serviceKeyPattern } from './rules'
import { hashKey } from './secret'
import { findServiceKey, type ServiceKeyRow } from './store'

/** How long a gate may go on with a key it has just looked up: what a revocation takes at most. */
const trustMs = 500
const mostRemembered = 1000

const remembered = new Map<string, { row: ServiceKeyRow | null; atMs: number }>()

/**
 * The actor of an `Authorization: Bearer purse_sk_…` header.
 * @throws Refusal `key_required`: one answer for a missing, unknown, wrong and revoked key.
 */
export async function authenticateServiceKey(authorization: string | undefined, ip?: string): Promise<Actor> {
  const key = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
  const publicId = serviceKeyPattern.exec(key)?.[1]
  const row = publicId ? await lookUp(publicId) : null
  if (!row || row.revoked_at || !timingSafeEqual(row.secret_hash, hashKey(key))) {
    throw new Refusal('key_required', {
      message: 'Send a valid service key as "Authorization: Bearer purse_sk_…". Nothing was charged.',
    })
  }
  return { kind: 'service', keyId: row.key_id, scopes: row.scopes, ip }
}

async function lookUp(publicId: string): Promise<ServiceKeyRow | null> {
  const known = remembered.get(publicId)
  if (known && Date.now() - known.atMs < trustMs) return known.row
  const row = await findServiceKey(publicId)
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(publicId, { row, atMs: Date.now() })
  return row
}
