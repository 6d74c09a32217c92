import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney, isPositive, type Money } from '@/lib/core/money'
import { secondMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { type HoldDto, holdIdOf } from '../holds'
import type { Hold, HoldKind } from '../holds/rules'
import { type PriceBook, priceBook } from '../prices'
import { mostCost } from '../prices/rules'
import type { RequestRate } from '../rate-limits/rules'
import { countsOf } from '../token-limits/rules'
import { noUsageFacts, type UsageFacts } from '../usage/rules'
import { requireGate } from './authority'
import { type AskedTokens, requireTokens } from './desk'
import { dtoAt } from './dto'
import { inLane } from './lanes'
import { worded } from './refusals'
import { requestHash } from './request-hash'

/** The most that a request can cost: given, or computed from the model and its token allowance. */
export type HoldSize =
  | { maxCost: Money; model: string | null }
  | { model: string; inputTokens: bigint; maxOutputTokens: bigint; cachedInputTokens?: bigint | undefined }

export interface Placed {
  hold: HoldDto
  available: string
  rate: RequestRate
  isNew: boolean
}

/**
 * Places a hold for the most that a request can cost, in one atomic step against every limit (PRODUCT "Using credit" 2).
 * The same key with the same request gives the same hold.
 * @throws Refusal of the gate when a limit binds; `idempotency_conflict` for another request under a used key;
 *   `unknown_model`, `invalid_amount`, `not_found`, `not_allowed`.
 */
export async function authorize(
  actor: Actor,
  input: { accountId: string; idempotencyKey: string; size: HoldSize; holdSeconds: number; facts?: UsageFacts },
): Promise<Placed> {
  requireGate(actor, 'usage:write')
  const [at, prices] = await Promise.all([now(), priceBook()])
  return placeHold({
    accountId: input.accountId,
    idempotencyKey: input.idempotencyKey,
    kind: 'request',
    model: input.size.model,
    amount: amountOf(input.size, prices, at),
    seconds: input.holdSeconds,
    hash: hashOf(input),
    facts: input.facts ?? noUsageFacts,
    asked: askedOf(input.size),
  })
}

/** Sets credit aside under a caller's key, once. */
export async function placeHold(wanted: {
  accountId: string
  idempotencyKey: string
  kind: HoldKind
  model: string | null
  amount: Money
  seconds: number
  hash: Uint8Array
  facts: UsageFacts
  asked?: AskedTokens | null
}): Promise<Placed> {
  const { accountId, idempotencyKey, kind, model, amount, facts, asked = null } = wanted
  const holdId = holdIdOf(accountId, idempotencyKey)
  return worded(
    inLane({
      accountId,
      holdIds: [holdId],
      ...(model === null ? {} : { models: [model] }),
      ...(facts.keyId ? { subjects: [facts] } : {}),
      decide(desk) {
        const before = desk.findHold(holdId)
        if (before) {
          requireSame(before, wanted)
          return { ...dtoAt(desk, before), rate: desk.rateFor(model), isNew: false }
        }
        const reserved = desk.admitRequest(facts, amount, { model, asked })
        const hold: Hold = {
          accountId,
          holdId,
          kind,
          idempotencyKey,
          requestHash: wanted.hash,
          model,
          amount,
          state: 'open',
          createdAt: desk.at,
          expiresAt: new Date(desk.at.getTime() + wanted.seconds * secondMs),
          closedAt: null,
          settleHash: null,
          charged: null,
          reported: null,
          extendKey: null,
          extendHash: null,
          reserved,
          ...facts,
        }
        desk.placeHold(hold)
        return { ...dtoAt(desk, hold), rate: desk.rateFor(model), isNew: true }
      },
    }),
  )
}

/** What the key and the tag add to a request's fingerprint: nothing when it has neither. */
export const hashedFacts = ({ keyId, tag }: UsageFacts = noUsageFacts): (string | null)[] =>
  keyId || tag ? ['for', keyId, tag] : []

function requireSame(hold: Hold, wanted: { kind: HoldKind; hash: Uint8Array }): void {
  if (hold.kind === wanted.kind && Buffer.compare(hold.requestHash, wanted.hash) === 0) return
  throw new Refusal('idempotency_conflict', {
    field: 'idempotency_key',
    message:
      'This idempotency key was used before for another request. Nothing was held. Use a new key for a new request.',
  })
}

function amountOf(size: HoldSize, prices: PriceBook, at: Date): Money {
  if ('maxCost' in size) {
    if (size.model) prices.ratesOf(size.model, at)
    return requirePositive(size.maxCost, 'max_cost')
  }
  requireTokens({
    inputTokens: size.inputTokens,
    cachedInputTokens: size.cachedInputTokens ?? 0n,
    outputTokens: size.maxOutputTokens,
  })
  const amount = mostCost(prices.ratesOf(size.model, at), size.inputTokens, size.maxOutputTokens)
  if (isPositive(amount)) return amount
  throw new Refusal('invalid_amount', {
    field: 'max_output_tokens',
    message:
      'The request has no tokens, so there is nothing to hold. Send input_tokens or max_output_tokens above zero.',
  })
}

/** @throws Refusal `invalid_amount` that names the field. */
export function requirePositive(amount: Money, field: string): Money {
  if (isPositive(amount)) return amount
  throw new Refusal('invalid_amount', {
    field,
    message: `${field} must be more than zero, and ${formatMoney(amount)} is not.`,
  })
}

function hashOf({ size, holdSeconds, facts }: { size: HoldSize; holdSeconds: number; facts?: UsageFacts }): Uint8Array {
  const parts =
    'maxCost' in size
      ? ['cost', size.maxCost.nanos, size.model]
      : ['tokens', size.model, size.inputTokens, size.maxOutputTokens, ...cachedOf(size)]
  return requestHash([...parts, BigInt(holdSeconds), ...hashedFacts(facts)])
}

/** What a request says of the cache adds to its fingerprint: nothing when it says nothing. */
const cachedOf = ({ cachedInputTokens }: Extract<HoldSize, { inputTokens: bigint }>): (string | bigint)[] =>
  cachedInputTokens === undefined ? [] : ['cached', cachedInputTokens]

/** The tokens that count for the limits: all input is new unless it is told otherwise. A sum alone names none. */
function askedOf(size: HoldSize): AskedTokens | null {
  if ('maxCost' in size) return null
  const { model, inputTokens, maxOutputTokens, cachedInputTokens = 0n } = size
  return { model, counts: countsOf({ inputTokens, cachedInputTokens, outputTokens: maxOutputTokens }) }
}
