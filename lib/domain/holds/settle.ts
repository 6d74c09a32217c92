import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney, zero } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { ratesOf } from '../prices'
import { priceTokens, type Tokens } from '../prices/rules'
import { chargeUsage, inAccountTransaction, lockAccount, requestHash, requireGate } from '../usage'
import { beyondCover } from '../usage/rules'
import { type HoldDto, holdDto } from './authorize'
import { noSuchHold } from './release'
import { closeHold, findHold, type Hold } from './store'

/** What a request used. The model may be left out when the hold names it. */
export interface Settlement extends Tokens {
  model: string | null
}

/**
 * Charges what a request used and frees the rest of its hold. Above the hold it is charged in full: nothing is lost, and
 * the balance may go below zero (PRODUCT "Using credit" 3). A hold that expired is charged all the same, once. The price is
 * the one in force when the hold was placed.
 * @throws Refusal `not_found`; `hold_closed` when it was released; `idempotency_conflict` when it was settled for something
 *   else; `unknown_model`; `invalid_request`.
 */
export async function settle(
  actor: Actor,
  input: { accountId: string; holdId: string; settlement: Settlement },
): Promise<{ hold: HoldDto; charged: string; available: string; isNew: boolean }> {
  requireGate(actor, 'usage:write')
  const at = await now()
  const { settlement } = input
  if (settlement.cachedInputTokens > settlement.inputTokens) {
    throw new Refusal('invalid_request', {
      field: 'cached_input_tokens',
      message: 'cached_input_tokens are part of input_tokens and cannot be more.',
    })
  }
  const result = await inAccountTransaction(input.accountId, async (tx) => {
    const [account, hold] = await Promise.all([
      lockAccount(tx, input.accountId, at),
      findHold(tx, input.accountId, input.holdId),
    ])
    if (!hold) throw noSuchHold()
    const model = modelOf(hold, settlement)
    const settleHash = requestHash([
      model,
      settlement.inputTokens,
      settlement.cachedInputTokens,
      settlement.outputTokens,
    ])
    if (hold.state === 'settled') return { hold: sameSettlement(hold, settleHash), account, isNew: false }
    if (hold.state === 'released') throw released()

    const amount = priceTokens(await ratesOf(model, hold.createdAt), settlement)
    const heldForIt = hold.state === 'open' ? hold.amount : zero(hold.amount.currency)
    const beyond = beyondCover(amount, heldForIt, account.book.available)
    account.book.free(heldForIt)
    const closed = closeHold(tx, hold, { state: 'settled', at, settleHash, charged: amount })
    const chargedNow = chargeUsage(tx, {
      account,
      charges: [
        {
          ...settlement,
          eventId: `hold:${hold.holdId}`,
          requestHash: settleHash,
          model,
          amount,
          beyond,
          holdId: hold.holdId,
          occurredAt: hold.createdAt,
        },
      ],
      causeOf: () => `hold:${hold.holdId}`,
    })
    await Promise.all([closed, chargedNow])
    return { hold: { ...hold, state: 'settled' as const, charged: amount }, account, isNew: true }
  })
  return {
    hold: holdDto(result.hold),
    charged: formatMoney(result.hold.charged ?? zero()),
    available: formatMoney(result.account.book.available),
    isNew: result.isNew,
  }
}

function modelOf(hold: Hold, settlement: Settlement): string {
  const model = settlement.model ?? hold.model
  if (model) return model
  throw new Refusal('invalid_request', {
    field: 'model',
    message: 'The hold names no model, so the settlement must: send model with the tokens.',
  })
}

function sameSettlement(hold: Hold, settleHash: Buffer): Hold {
  if (hold.settleHash?.equals(settleHash)) return hold
  throw new Refusal('idempotency_conflict', {
    message: 'This hold was settled before for other usage. Nothing more was charged. A hold is settled once.',
  })
}

const released = () =>
  new Refusal('hold_closed', {
    message:
      'This hold was released, so there is nothing to settle. Nothing was charged. Report the usage with POST /v1/usage if the request did run.',
  })
