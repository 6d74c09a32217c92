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

/** A secret of an API key with what decides whether it is in force. A secret that was rotated away names the key it was of. */
export interface ApiKeySecretRow {
  secret_id: string
  key_id: string
  secret_hash: Buffer
  member_user_id: string
  scopes: string[]
  expires_at: Date | null
  grace_until: Date | null
  is_revoked: boolean
}

const secretColumns = `s.key_id as secret_id, k.key_id, s.secret_hash, k.member_user_id, k.scopes, k.expires_at, s.grace_until,
  k.revoked_at is not null or s.revoked_at is not null as is_revoked`

const secretJoins =
  'api_keys s join api_keys k on k.account_id = s.account_id and k.key_id = coalesce(s.rotated_from, s.key_id)'

/** Finds a secret by the public part of its text. */
export async function findApiKey(accountId: string, publicId: string): Promise<ApiKeySecretRow | null> {
  const rows = await query<ApiKeySecretRow>(
    `select ${secretColumns} from ${secretJoins} where s.account_id = $1 and s.public_id = $2`,
    [accountId, publicId],
  )
  return rows[0] ?? null
}

/** Finds a secret by its hash. */
export async function findApiKeyByHash(accountId: string, hash: Buffer): Promise<ApiKeySecretRow | null> {
  const rows = await query<ApiKeySecretRow>(
    `select ${secretColumns} from ${secretJoins} where s.account_id = $1 and s.secret_hash = $2`,
    [accountId, hash],
  )
  return rows[0] ?? null
}

/** Notes that a key was used, unless that was noted after `since`. */
export async function saveKeyUse(accountId: string, keyId: string, at: Date, since: Date): Promise<void> {
  await query(
    `update api_keys set last_used_at = $3
      where account_id = $1 and key_id = $2 and (last_used_at is null or last_used_at < $4)`,
    [accountId, keyId, at, since],
  )
}
