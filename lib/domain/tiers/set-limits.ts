import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { requireOperator } from '../members'
import { setRequestLimitIn } from '../rate-limits'
import { type TokenCounts, tokenKinds } from '../token-limits/rules'
import { lockOwnLimits, saveOwnLimits } from './store'

const highest = 1_000_000_000_000

/** What an operator sets of one account. What is not named stays as it is. */
export interface LimitsInput {
  /** How many requests it may begin in a minute; null: the usual rule. */
  requestsPerMinute?: number | null | undefined
  /** Tokens a minute, of each model alike, which then do not move; null: limits that follow its use. */
  tokens?: TokenCounts | null | undefined
  /** The tier by contract. Without it the account has the highest tier that it has reached. */
  isUnlimited?: boolean | undefined
}

/**
 * Sets an account's own limits; they hold from the next request on. Each that changes is in its audit log. For operators.
 * @throws Refusal `not_found`, `not_allowed`; `invalid_request` naming `requestsPerMinute`, `prompt`, `uncached` or `generated`
 */
export async function setLimits(
  actor: Actor,
  { accountId, ...limits }: { accountId: string } & LimitsInput,
): Promise<void> {
  await requireOperator(actor, 'platform:write')
  const at = await now()
  await inTransaction((tx) => setLimitsIn(tx, { actor, accountId, limits, at }))
}

/** The step of it, in the transaction of whoever decides. */
export async function setLimitsIn(
  tx: Tx,
  { actor, accountId, limits, at }: { actor: Actor; accountId: string; limits: LimitsInput; at: Date },
): Promise<void> {
  const { requestsPerMinute, tokens, isUnlimited } = limits
  for (const kind of tokenKinds) {
    if (tokens && !(Number.isSafeInteger(tokens[kind]) && tokens[kind] >= 1 && tokens[kind] <= highest)) {
      throw new Refusal('invalid_request', {
        field: kind,
        message: `A token limit is a whole number from 1 to ${highest}.`,
      })
    }
  }
  const before = await lockOwnLimits(tx, accountId)
  if (requestsPerMinute !== undefined) await setRequestLimitIn(tx, { actor, accountId, requestsPerMinute, at })
  const after = {
    unlimitedSince:
      isUnlimited === undefined ? before.unlimitedSince : isUnlimited ? (before.unlimitedSince ?? at) : null,
    tokens: tokens === undefined ? before.tokens : tokens,
  }
  await saveOwnLimits(tx, accountId, after)
  if (before.unlimitedSince?.getTime() !== after.unlimitedSince?.getTime()) {
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'tier.unlimited',
      before: { unlimitedSince: before.unlimitedSince },
      after: { unlimitedSince: after.unlimitedSince },
      at,
    })
  }
  if (tokenKinds.some((kind) => before.tokens?.[kind] !== after.tokens?.[kind])) {
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'token_limits.set',
      before: before.tokens,
      after: after.tokens,
      at,
    })
  }
}
