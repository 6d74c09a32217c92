import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { requireOperator } from '../members'
import { type TokenCounts, tokenKinds } from '../token-limits/rules'
import { lockOwnLimits, type OwnLimits, saveOwnLimits } from './store'

const highest = 1_000_000_000_000

/**
 * Makes an account unlimited by contract, or takes that back: it then has the highest tier that it has reached. For operators.
 * @throws Refusal `not_found`, `not_allowed`
 */
export async function setUnlimited(
  actor: Actor,
  { accountId, isUnlimited }: { accountId: string; isUnlimited: boolean },
): Promise<void> {
  await requireOperator(actor, 'platform:write')
  const at = await now()
  await changeOwn(actor, accountId, 'tier.unlimited', at, (before) => ({
    ...before,
    unlimitedSince: isUnlimited ? (before.unlimitedSince ?? at) : null,
  }))
}

/**
 * Sets an account's own token limits, which hold for each model alike and do not move; null: the rule. For operators. Holds from the
 * next request on.
 * @throws Refusal `not_found`, `not_allowed`, `invalid_request`
 */
export async function setTokenLimits(
  actor: Actor,
  { accountId, tokens }: { accountId: string; tokens: TokenCounts | null },
): Promise<void> {
  await requireOperator(actor, 'platform:write')
  for (const kind of tokenKinds) {
    if (tokens && !(Number.isSafeInteger(tokens[kind]) && tokens[kind] >= 1 && tokens[kind] <= highest)) {
      throw new Refusal('invalid_request', {
        field: kind,
        message: `A token limit is a whole number from 1 to ${highest}.`,
      })
    }
  }
  await changeOwn(actor, accountId, 'token_limits.set', await now(), (before) => ({ ...before, tokens }))
}

async function changeOwn(
  actor: Actor,
  accountId: string,
  action: string,
  at: Date,
  change: (before: OwnLimits) => OwnLimits,
): Promise<void> {
  await inTransaction(async (tx) => {
    const before = await lockOwnLimits(tx, accountId)
    const after = change(before)
    await saveOwnLimits(tx, accountId, after)
    await recordAudit(tx, { accountId, actor, action, before, after, at })
  })
}
