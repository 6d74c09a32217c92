import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { add, formatMoney, isPositive, subtract, zero } from '@/lib/core/money'
import type { HoldDto } from '../holds'
import { beyondReport, type Hold, sumTokens } from '../holds/rules'
import type { Tokens } from '../prices/rules'
import { eventKeyOf } from '../usage'
import { usageFactsOf } from '../usage/rules'
import { requireGate } from './authority'
import { type Desk, requireTokens } from './desk'
import { dtoAt } from './dto'
import { inLane } from './lanes'
import { modelOf } from './report-progress'
import { requestHash } from './request-hash'

/** What a request used. The model may be left out when the hold names it. */
export interface Settlement extends Tokens {
  model: string | null
}

/**
 * Charges what a request used and frees the rest of its hold. Above the hold it is charged in full: nothing is lost, and
 * the balance may go below zero (PRODUCT "Using credit" 3). A hold that expired is charged all the same, once: the difference
 * to what its last report was charged for. The price is the one in force when the hold was placed.
 * @throws Refusal `not_found`; `hold_closed` when it was released; `idempotency_conflict` when it was settled for something
 *   else; `unknown_model`; `invalid_request`.
 */
export async function settle(
  actor: Actor,
  input: { accountId: string; holdId: string; settlement: Settlement },
): Promise<{ hold: HoldDto; charged: string; available: string; isNew: boolean }> {
  requireGate(actor, 'usage:write')
  const { accountId, holdId, settlement } = input
  requireTokens(settlement)
  return inLane({
    accountId,
    holdIds: [holdId],
    ...(settlement.model === null ? {} : { models: [settlement.model] }),
    decide(desk) {
      const hold = desk.requireHold(holdId, 'request')
      const isNew = settleAt(desk, hold, settlement)
      return { ...dtoAt(desk, hold), charged: formatMoney(hold.charged ?? zero(hold.amount.currency)), isNew }
    },
  })
}

/** Whether the settlement was new. */
function settleAt(desk: Desk, hold: Hold, settlement: Settlement): boolean {
  if (hold.state === 'released') throw released()
  const model = modelOf(hold, settlement.model)
  const { inputTokens, cachedInputTokens, outputTokens } = settlement
  const hash = requestHash([model, inputTokens, cachedInputTokens, outputTokens])
  if (hold.state === 'settled') {
    requireSame(hold, hash)
    return false
  }
  if (hold.charged && hold.reported) chargeRest(desk, hold, model, settlement)
  else chargeAll(desk, hold, model, settlement)
  hold.settleHash = hash
  desk.closeHold(hold, 'settled')
  return true
}

function chargeAll(desk: Desk, hold: Hold, model: string, tokens: Tokens): void {
  const amount = desk.priceOf(model, tokens, hold.createdAt)
  take(desk, hold, { model, tokens, amount, name: 'hold', source: 'settle' })
  hold.charged = amount
}

/** The difference to what an expired hold was charged for. It was charged for what it had reported: never less than that. */
function chargeRest(desk: Desk, hold: Hold, model: string, settled: Tokens): void {
  const charged = hold.charged!
  const tokens = beyondReport(hold.reported!, settled)
  const total = desk.priceOf(model, sumTokens(hold.reported!, tokens), hold.createdAt)
  const amount = subtract(total, charged)
  if (!isPositive(amount)) return
  take(desk, hold, { model, tokens, amount, name: 'late', source: 'late' })
  hold.charged = add(charged, amount)
}

function take(
  desk: Desk,
  hold: Hold,
  use: {
    model: string
    tokens: Tokens
    amount: ReturnType<Desk['priceOf']>
    name: 'hold' | 'late'
    source: 'settle' | 'late'
  },
): void {
  const { inputTokens, cachedInputTokens, outputTokens } = use.tokens
  desk.take({
    ...usageFactsOf(hold),
    inputTokens,
    cachedInputTokens,
    outputTokens,
    model: use.model,
    amount: use.amount,
    eventKey: eventKeyOf(`${use.name}:${hold.holdId}`),
    eventText: null,
    hold,
    source: use.source,
    occurredAt: hold.createdAt,
  })
}

function requireSame(hold: Hold, hash: Uint8Array): void {
  if (hold.settleHash && Buffer.compare(hold.settleHash, hash) === 0) return
  throw new Refusal('idempotency_conflict', {
    message: 'This hold was settled before for other usage. Nothing more was charged. A hold is settled once.',
  })
}

const released = () =>
  new Refusal('hold_closed', {
    message:
      'This hold was released, so there is nothing to settle. Nothing was charged. Report the usage with POST /v1/usage if the request did run.',
  })
