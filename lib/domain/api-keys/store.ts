import { query, type Tx } from '@/lib/edges/db'
import type { ApiKeyScope } from './rules'

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

/** A key as its account sees it. */
export interface ApiKeyRow {
  keyId: string
  publicId: string
  lastFour: string
  name: string
  scopes: ApiKeyScope[]
  memberUserId: string
  memberName: string
  createdByName: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
  /** Of the former secret that works longest. */
  graceUntil: Date | null
  revokedAt: Date | null
}

/** The account's keys, those in force first, each group newest first: all, or one. */
export async function readApiKeys(tx: Tx, accountId: string, keyId: string | null = null): Promise<ApiKeyRow[]> {
  const { rows } = await tx.query<ApiKeyRow>(
    `select k.key_id as "keyId", k.public_id as "publicId", k.last_four as "lastFour", k.name, k.scopes,
            k.member_user_id as "memberUserId", coalesce(nullif(m.name, ''), m.email, '') as "memberName",
            coalesce(nullif(c.name, ''), c.email, '') as "createdByName", k.created_at as "createdAt", k.expires_at as "expiresAt",
            k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt",
            (select max(s.grace_until) from api_keys s
              where s.account_id = k.account_id and s.rotated_from = k.key_id and s.revoked_at is null) as "graceUntil"
       from api_keys k
       left join users m on m.id = k.member_user_id
       left join users c on c.id = k.created_by
      where k.account_id = $1 and k.rotated_from is null and ($2::uuid is null or k.key_id = $2)
      order by k.revoked_at is not null, k.created_at desc, k.key_id desc`,
    [accountId, keyId],
  )
  return rows
}

/** Nobody else changes the key until the transaction ends. */
export async function lockApiKey(tx: Tx, accountId: string, keyId: string): Promise<void> {
  await tx.query('select 1 from api_keys where account_id = $1 and key_id = $2 for update', [accountId, keyId])
}

/** What the usage of each key has cost since a day, from the rollup. */
export async function readSpentByKey(tx: Tx, accountId: string, sinceDay: string): Promise<Map<string, bigint>> {
  const { rows } = await tx.query<{ key_id: string; spent: bigint }>(
    `select key_id, sum(amount)::bigint as spent from usage_days where account_id = $1 and day >= $2::date group by key_id`,
    [accountId, sinceDay],
  )
  return new Map(rows.map((row) => [row.key_id, row.spent]))
}

/**
 * Whether the user is a member; if so, nobody removes them until the transaction ends, so that no key is made for somebody who is
 * just leaving.
 */
export async function holdMember(tx: Tx, accountId: string, userId: string): Promise<boolean> {
  const { rows } = await tx.query('select 1 from memberships where account_id = $1 and user_id = $2 for key share', [
    accountId,
    userId,
  ])
  return rows.length > 0
}

/** No key is made for the member until the transaction ends. */
export async function lockMember(tx: Tx, accountId: string, userId: string): Promise<void> {
  await tx.query('select 1 from memberships where account_id = $1 and user_id = $2 for update', [accountId, userId])
}

export async function countKeysInForce(tx: Tx, accountId: string, at: Date): Promise<number> {
  const { rows } = await tx.query<{ count: bigint }>(
    `select count(*) as count from api_keys
      where account_id = $1 and rotated_from is null and revoked_at is null and (expires_at is null or expires_at > $2)`,
    [accountId, at],
  )
  return Number(rows[0]?.count ?? 0n)
}

/** The secret part of a row. */
export interface StoredSecret {
  publicId: string
  secretHash: Buffer
  lastFour: string
}

export async function insertApiKey(
  tx: Tx,
  key: StoredSecret & {
    accountId: string
    keyId: string
    name: string
    scopes: ApiKeyScope[]
    memberUserId: string
    createdBy: string
    at: Date
    expiresAt: Date | null
  },
): Promise<void> {
  await tx.query(
    `insert into api_keys (account_id, key_id, public_id, secret_hash, last_four, name, scopes, member_user_id, created_by, created_at,
                           expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      key.accountId,
      key.keyId,
      key.publicId,
      key.secretHash,
      key.lastFour,
      key.name,
      key.scopes,
      key.memberUserId,
      key.createdBy,
      key.at,
      key.expiresAt,
    ],
  )
}

/** Gives a key a new secret. The old one is kept under `formerId` until `graceUntil`; null: it ends now. */
export async function replaceSecret(
  tx: Tx,
  key: { accountId: string; keyId: string },
  secret: StoredSecret,
  former: { formerId: string; graceUntil: Date } | null,
): Promise<void> {
  const { rows } = await tx.query<{ public_id: string; secret_hash: Buffer; last_four: string }>(
    'select public_id, secret_hash, last_four from api_keys where account_id = $1 and key_id = $2',
    [key.accountId, key.keyId],
  )
  await tx.query(
    'update api_keys set public_id = $3, secret_hash = $4, last_four = $5 where account_id = $1 and key_id = $2',
    [key.accountId, key.keyId, secret.publicId, secret.secretHash, secret.lastFour],
  )
  const old = rows[0]
  if (!former || !old) return
  await tx.query(
    `insert into api_keys (account_id, key_id, public_id, secret_hash, last_four, name, scopes, member_user_id, created_by, created_at,
                           rotated_from, grace_until)
     select account_id, $3, $4, $5, $6, name, scopes, member_user_id, created_by, created_at, key_id, $7
       from api_keys where account_id = $1 and key_id = $2`,
    [key.accountId, key.keyId, former.formerId, old.public_id, old.secret_hash, old.last_four, former.graceUntil],
  )
}

/** Ends the secrets from before the last rotation. */
export async function endFormerSecrets(tx: Tx, accountId: string, keyId: string, at: Date): Promise<void> {
  await tx.query(
    'update api_keys set revoked_at = $3 where account_id = $1 and rotated_from = $2 and revoked_at is null',
    [accountId, keyId, at],
  )
}

export async function saveKeyName(tx: Tx, accountId: string, keyId: string, name: string): Promise<void> {
  await tx.query('update api_keys set name = $3 where account_id = $1 and key_id = $2', [accountId, keyId, name])
}

/** Ends keys that are not revoked yet: one, or all of a member. Returns those it ended. */
export async function revokeApiKeyRows(
  tx: Tx,
  accountId: string,
  which: { keyId: string } | { memberUserId: string },
  at: Date,
): Promise<{ keyId: string; name: string }[]> {
  const { rows } = await tx.query<{ keyId: string; name: string }>(
    `update api_keys set revoked_at = $4
      where account_id = $1 and rotated_from is null and revoked_at is null
        and ($2::uuid is null or key_id = $2) and ($3::uuid is null or member_user_id = $3)
     returning key_id as "keyId", name`,
    [accountId, 'keyId' in which ? which.keyId : null, 'memberUserId' in which ? which.memberUserId : null, at],
  )
  return rows
}
