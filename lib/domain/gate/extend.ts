import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isPositive, type Money, zero } from '@/lib/core/money'
import type { HoldDto } from '../holds'
import { differenceTo, type Hold, laterEnd } from '../holds/rules'
import { mostCost } from '../prices/rules'
import type { RequestRate } from '../rate-limits/rules'
import { countsOf } from '../token-limits/rules'
import { requireGate } from './authority'
import type { AskedTokens, Desk } from './desk'
import { dtoAt } from './dto'
import { inLane } from './lanes'
import { worded } from './refusals'
import { requestHash } from './request-hash'

/** A hold's new total: given, or the cost of a larger token allowance of its model. */
export type NewTotal = { maxCost: Money } | { inputTokens: bigint; maxOutputTokens: bigint }

/**
 * Raises an open hold to a new total, and its end to a later one, during a long request. Only the difference must be available.
 * A total that is not above what is held changes no amount, so the same call again changes nothing.
 * @throws Refusal of the gate when the difference does not fit, with the largest total as `max_affordable`: the hold stays as
 *   it was; `hold_closed`; `idempotency_conflict`; `invalid_amount`; `not_found`.
 */
export async function extend(
  actor: Actor,
  input: {
    accountId: string
    holdId: string
    size: NewTotal | null
    holdSeconds: number | null
    idempotencyKey: string | null
  },
): Promise<{ hold: HoldDto; available: string; rate: RequestRate }> {
  requireGate(actor, 'usage:write')
  const { accountId, holdId } = input
  const hash = hashOf(input)
  return worded(
    inLane({
      accountId,
      holdIds: [holdId],
      decide(desk) {
        const hold = desk.requireHold(holdId, 'request')
        if (input.idempotencyKey !== null && hold.extendKey === input.idempotencyKey) {
          requireSame(hold, hash)
          return { ...dtoAt(desk, hold), rate: desk.rateFor(hold.model) }
        }
        if (hold.state !== 'open') throw closed(hold)
        const difference = input.size ? differenceTo(hold, totalOf(desk, hold, input.size)) : null
        if (difference && isPositive(difference)) {
          if (!desk.affords(hold, difference)) throw desk.limitReached(hold, difference, hold.amount)
        }
        const asked = tokensOf(hold, input.size)
        if (asked) desk.admitMore(hold, asked, difference ?? zero(hold.amount.currency))
        if (difference && isPositive(difference)) desk.growHold(hold, difference)
        hold.expiresAt = laterEnd(hold, desk.at, input.holdSeconds)
        hold.extendKey = input.idempotencyKey ?? hold.extendKey
        hold.extendHash = input.idempotencyKey === null ? hold.extendHash : hash
        desk.changedHolds.add(hold)
        return { ...dtoAt(desk, hold), rate: desk.rateFor(hold.model) }
      },
    }),
  )
}

function totalOf(desk: Desk, hold: Hold, size: NewTotal): Money {
  if ('maxCost' in size) return size.maxCost
  if (!hold.model) {
    throw new Refusal('invalid_request', {
      field: 'max_cost',
      message: 'The hold names no model, so its tokens have no price: send max_cost, the new total.',
    })
  }
  return mostCost(desk.prices.ratesOf(hold.model, hold.createdAt), size.inputTokens, size.maxOutputTokens)
}

/** The new total of tokens; null when a sum is told, or nothing. */
function tokensOf({ model, reserved }: Hold, size: NewTotal | null): AskedTokens | null {
  if (size === null || 'maxCost' in size || !model) return null
  const { inputTokens, maxOutputTokens: outputTokens } = size
  const counts = countsOf({ inputTokens, cachedInputTokens: 0n, outputTokens })
  if (!reserved) return { model, counts }
  // What was told to be cached stays so; input that is added is new.
  const { prompt, uncached } = reserved.counts
  return { model, counts: { ...counts, uncached: uncached + Math.max(0, counts.prompt - prompt) } }
}

function requireSame(hold: Hold, hash: Uint8Array): void {
  if (hold.extendHash && Buffer.compare(hold.extendHash, hash) === 0) return
  throw new Refusal('idempotency_conflict', {
    field: 'idempotency_key',
    message:
      'This idempotency key was used before for another extension of this hold. Nothing more was held. Use a new key.',
  })
}

/** What cannot be changed any more, and what to do instead. */
export function closed(hold: Hold): Refusal {
  const because = {
    open: '',
    settled: 'This hold was settled. What it was charged stays charged.',
    released: 'This hold was released. Nothing was charged for it.',
    expired: 'This hold has expired. Settle it: what the request used beyond its last report is charged then.',
  }
  return new Refusal('hold_closed', { message: because[hold.state], state: hold.state })
}

function hashOf({ size, holdSeconds }: { size: NewTotal | null; holdSeconds: number | null }): Uint8Array {
  const parts = size === null ? [] : 'maxCost' in size ? [size.maxCost.nanos] : [size.inputTokens, size.maxOutputTokens]
  return requestHash([...parts, holdSeconds === null ? null : BigInt(holdSeconds)])
}
