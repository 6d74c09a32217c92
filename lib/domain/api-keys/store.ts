import { query } from '@/lib/edges/db'

export interface ServiceKeyRow {
  key_id: string
  secret_hash: Buffer
  scopes: string[]
  revoked_at: Date | null
}

export async function insertServiceKey(key: {
  keyId: string
  publicId: string
  secretHash: Buffer
  lastFour: string
  name: string
  scopes: string[]
  at: Date
}): Promise<void> {
  await query(
    `insert into service_keys (key_id, public_id, secret_hash, last_four, name, scopes, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [key.keyId, key.publicId, key.secretHash, key.lastFour, key.name, key.scopes, key.at],
  )
}

export async function findServiceKey(publicId: string): Promise<ServiceKeyRow | null> {
  const rows = await query<ServiceKeyRow>(
    'select key_id, secret_hash, scopes, revoked_at from service_keys where public_id = $1',
    [publicId],
  )
  return rows[0] ?? null
}

/** Returns whether a key that was in force was revoked. */
export async function revokeServiceKeyRow(publicId: string, at: Date): Promise<boolean> {
  const rows = await query(
    'update service_keys set revoked_at = $2 where public_id = $1 and revoked_at is null returning key_id',
    [publicId, at],
  )
  return rows.length > 0
}
