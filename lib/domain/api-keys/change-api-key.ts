import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { hourMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { requireRole } from '../members'
import { type NewApiKeyDto, parseKeyName } from './create-api-key'
import type { ApiKeyDto } from './dto'
import { readKeyDto } from './list-api-keys'
import { apiKeyState, apiKeyText, longestGraceHours } from './rules'
import { hashKey, newPublicId, newSecret } from './secret'
import {
  type ApiKeyRow,
  endFormerSecrets,
  lockApiKey,
  lockMember,
  readApiKeys,
  replaceSecret,
  revokeApiKeyRows,
  saveKeyName,
} from './store'

interface KeyInput {
  accountId: string
  keyId: string
}

/** Gives a key another name. @throws Refusal `invalid_request` naming the field, `not_found` */
export async function renameApiKey(actor: Actor, input: KeyInput & { name: string }): Promise<ApiKeyDto> {
  await requireRole(actor, input.accountId, 'keys:write')
  const name = parseKeyName(input.name)
  const { accountId, keyId } = input
  const at = await now()
  return inTransaction(async (tx) => {
    const before = await lockedKey(tx, input)
    if (before.name !== name) {
      await saveKeyName(tx, accountId, keyId, name)
      await recordAudit(tx, {
        accountId,
        actor,
        action: 'api_key.renamed',
        before: { keyId, name: before.name },
        after: { keyId, name },
        at,
      })
    }
    return readKeyDto(tx, input, at)
  })
}

/**
 * Gives a key a new secret, told this once. It stays the same key: its name, member, budgets and usage go on. The old secret ends
 * at once (`graceHours` 0, and with it those of earlier rotations) or works up to 24 hours more.
 * @throws Refusal `invalid_request` naming the field, `not_found`, `conflict` when the key is revoked or expired
 */
export async function rotateApiKey(actor: Actor, input: KeyInput & { graceHours: number }): Promise<NewApiKeyDto> {
  await requireRole(actor, input.accountId, 'keys:write')
  const { accountId, keyId, graceHours } = input
  if (!Number.isInteger(graceHours) || graceHours < 0 || graceHours > longestGraceHours) {
    throw new Refusal('invalid_request', {
      field: 'graceHours',
      message: `The old secret works 0 to ${longestGraceHours} whole hours more.`,
    })
  }
  const at = await now()
  const publicId = newPublicId()
  const secret = apiKeyText(accountId, publicId, newSecret())
  const graceUntil = graceHours > 0 ? new Date(at.getTime() + graceHours * hourMs) : null
  return inTransaction(async (tx) => {
    const before = await lockedKey(tx, input)
    if (apiKeyState(before, at) !== 'active') {
      throw new Refusal('conflict', { message: 'This key is over and stays so. Create a new one.' })
    }
    if (!graceUntil) await endFormerSecrets(tx, accountId, keyId, at)
    await replaceSecret(
      tx,
      input,
      { publicId, secretHash: hashKey(secret), lastFour: secret.slice(-4) },
      graceUntil && { formerId: newId(), graceUntil },
    )
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'api_key.rotated',
      before: { keyId, publicId: before.publicId },
      after: { keyId, publicId, graceUntil: graceUntil?.toISOString() ?? null },
      at,
    })
    return { key: await readKeyDto(tx, input, at), secret }
  })
}

/**
 * Ends a key for good: within a second every gate refuses it. Requests that run already are charged when they settle. Revoking it
 * again changes nothing. @throws Refusal `not_found`
 */
export async function revokeApiKey(actor: Actor, input: KeyInput): Promise<ApiKeyDto> {
  await requireRole(actor, input.accountId, 'keys:write')
  const { accountId, keyId } = input
  const at = await now()
  return inTransaction(async (tx) => {
    await lockedKey(tx, input)
    await revokeAudited(tx, { accountId, actor, which: { keyId }, at })
    return readKeyDto(tx, input, at)
  })
}

/** Ends every key of a member who is being removed, in that transaction: nobody makes another one meanwhile. Returns how many. */
export async function revokeKeysOfMember(
  tx: Tx,
  { accountId, userId, actor, at }: { accountId: string; userId: string; actor: Actor; at: Date },
): Promise<number> {
  await lockMember(tx, accountId, userId)
  return revokeAudited(tx, { accountId, actor, which: { memberUserId: userId }, at })
}

async function revokeAudited(
  tx: Tx,
  {
    accountId,
    actor,
    which,
    at,
  }: {
    accountId: string
    actor: Actor
    which: { keyId: string } | { memberUserId: string }
    at: Date
  },
): Promise<number> {
  const ended = await revokeApiKeyRows(tx, accountId, which, at)
  for (const { keyId, name } of ended) {
    await recordAudit(tx, { accountId, actor, action: 'api_key.revoked', before: { keyId, name }, at })
  }
  return ended.length
}

async function lockedKey(tx: Tx, { accountId, keyId }: KeyInput): Promise<ApiKeyRow> {
  await lockApiKey(tx, accountId, keyId)
  const [key] = await readApiKeys(tx, accountId, keyId)
  if (!key) throw new Refusal('not_found', { message: 'There is no such API key in this account.' })
  return key
}
