import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId, newId } from '@/lib/core/ids'
import { parseLine } from '@/lib/core/text'
import { dayMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { type BudgetInput, setBudgetAudited } from '../budgets'
import { lockBalance } from '../ledger'
import { requireRole } from '../members'
import type { ApiKeyDto } from './dto'
import { readKeyDto } from './list-api-keys'
import { type ApiKeyScope, apiKeyScopes, apiKeyText, longestLifeDays, longestName, mostKeys } from './rules'
import { hashKey, newPublicId, newSecret } from './secret'
import { countKeysInForce, holdMember, insertApiKey } from './store'

/** A key and its whole text, which is told this once and never again: only its hash is kept. */
export interface NewApiKeyDto {
  key: ApiKeyDto
  secret: string
}

/**
 * Makes an API key for a member, perhaps with a budget of its own (for which the role must allow to set budgets).
 * @throws Refusal `invalid_request` or `invalid_amount` naming the field, `not_found` when `member` is none of the account,
 *   `conflict` when the account has as many keys as it may.
 */
export async function createApiKey(
  actor: Actor,
  input: {
    accountId: string
    name: string
    scopes: ApiKeyScope[]
    /** The user id of the member whose usage it makes. */
    member: string
    /** Null: it never expires. */
    expiresInDays: number | null
    budget?: BudgetInput | undefined
  },
): Promise<NewApiKeyDto> {
  await requireRole(actor, input.accountId, 'keys:write')
  if (input.budget) await requireRole(actor, input.accountId, 'budgets:write')
  const { accountId, member, budget } = input
  const name = parseKeyName(input.name)
  const scopes = apiKeyScopes.filter((scope) => input.scopes.includes(scope))
  if (scopes.length === 0) {
    throw new Refusal('invalid_request', {
      field: 'scopes',
      message: 'Choose what the key may do: spend, read or both.',
    })
  }
  const at = await now()
  const expiresAt = expiryOf(input.expiresInDays, at)
  const [keyId, publicId] = [newId(), newPublicId()]
  const secret = apiKeyText(accountId, publicId, newSecret())
  return inTransaction(async (tx) => {
    // One order of locks everywhere: the balance, then what belongs to people.
    if (budget) await lockBalance(tx, accountId)
    if (!isId(member) || !(await holdMember(tx, accountId, member))) {
      throw new Refusal('not_found', { field: 'member', message: 'There is no such member in this account.' })
    }
    await requireRoom(tx, accountId, at)
    await insertApiKey(tx, {
      accountId,
      keyId,
      publicId,
      secretHash: hashKey(secret),
      lastFour: secret.slice(-4),
      name,
      scopes,
      memberUserId: member,
      createdBy: actor.kind === 'user' ? actor.userId : member,
      at,
      expiresAt,
    })
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'api_key.created',
      after: { keyId, name, scopes, member, expiresAt: expiresAt?.toISOString() ?? null },
      at,
    })
    if (budget) await setBudgetAudited(tx, actor, { accountId, scope: 'key', subjectId: keyId, ...budget }, at)
    return { key: await readKeyDto(tx, { accountId, keyId }, at), secret }
  })
}

/** @throws Refusal `invalid_request` */
export const parseKeyName = (name: string): string =>
  parseLine(name, { field: 'name', label: 'The name', longest: longestName, isRequired: true })

function expiryOf(days: number | null, at: Date): Date | null {
  if (days === null) return null
  if (!Number.isInteger(days) || days < 1 || days > longestLifeDays) {
    throw new Refusal('invalid_request', {
      field: 'expiresInDays',
      message: `A key lasts from 1 to ${longestLifeDays} whole days, or for ever (null).`,
    })
  }
  return new Date(at.getTime() + days * dayMs)
}

async function requireRoom(tx: Tx, accountId: string, at: Date): Promise<void> {
  if ((await countKeysInForce(tx, accountId, at)) < mostKeys) return
  throw new Refusal('conflict', { message: `The account has ${mostKeys} keys. Revoke one that is not needed.` })
}
