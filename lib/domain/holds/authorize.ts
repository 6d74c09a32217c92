import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { formatMoney, isPositive, type Money } from '@/lib/core/money'
import { secondMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import type { Tx } from '@/lib/edges/db'
import { considerAutoTopUp } from '../auto-top-up'
import { saveBook } from '../ledger'
import { ratesOf } from '../prices'
import { mostCost } from '../prices/rules'
import { factsOf, inAccountTransaction, lockAccount, refusalFor, requestHash, requireGate, tellOfPause } from '../usage'
import { fits } from '../usage/rules'
import { expireOverdue } from './expire-holds'
import { findHoldByKey, type Hold, insertHold } from './store'

export const defaultHoldSeconds = 600
export const longestHoldSeconds = 86_400

/** The most that a request can cost: given, or computed from the model and its token allowance. */
export type HoldSize =
  | { maxCost: Money; model: string | null }
  | { model: string; inputTokens: bigint; maxOutputTokens: bigint }

export interface HoldDto {
  holdId: string
  accountId: string
  state: Hold['state']
  amount: string
  currency: string
  model: string | null
  createdAt: string
  expiresAt: string
  charged: string | null
}

export const holdDto = (hold: Hold): HoldDto => ({
  holdId: hold.holdId,
  accountId: hold.accountId,
  state: hold.state,
  amount: formatMoney(hold.amount),
  currency: hold.amount.currency,
  model: hold.model,
  createdAt: hold.createdAt.toISOString(),
  expiresAt: hold.expiresAt.toISOString(),
  charged: hold.charged && formatMoney(hold.charged),
})

/**
 * Places a hold for the most that a request can cost, in one atomic step against every limit (PRODUCT "Using credit" 2).
 * The same key with the same request gives the same hold.
 * @throws Refusal of the gate when a limit binds; `idempotency_conflict` for another request under a used key;
 *   `unknown_model`, `invalid_amount`, `not_found`, `not_allowed`.
 */
export async function authorize(
  actor: Actor,
  input: { accountId: string; idempotencyKey: string; size: HoldSize; holdSeconds: number },
): Promise<{ hold: HoldDto; available: string; isNew: boolean }> {
  requireGate(actor, 'usage:write')
  const at = await now()
  const amount = await holdAmount(input.size, at)
  const hash = hashOf(input)
  const result = await inAccountTransaction(input.accountId, async (tx) => {
    const [account, before] = await Promise.all([
      lockAccount(tx, input.accountId, at),
      findHoldByKey(tx, input.accountId, input.idempotencyKey),
    ])
    if (before) return { hold: sameRequest(before, hash), available: account.book.available, isNew: false }

    if (!fits(factsOf(account), amount)) await expireOverdue(tx, account.book, at)
    if (!fits(factsOf(account), amount)) {
      await saveBook(tx, account.book) // what expired stays expired
      return refusalFor(tx, account, amount)
    }
    account.book.hold(amount)
    const [, hold] = await Promise.all([
      saveBook(tx, account.book),
      placeHold(tx, { ...input, amount, hash, at }),
      // What is held is not available, and available credit is what the minimum is about.
      considerAutoTopUp(tx, { accountId: input.accountId, available: account.book.available }),
    ])
    return { hold, available: account.book.available, isNew: true }
  })
  if (result instanceof Refusal) {
    await tellOfPause(input.accountId, result, at)
    throw result
  }
  return { ...result, hold: holdDto(result.hold), available: formatMoney(result.available) }
}

async function holdAmount(size: HoldSize, at: Date): Promise<Money> {
  if ('maxCost' in size) {
    if (!isPositive(size.maxCost)) {
      throw new Refusal('invalid_amount', { field: 'max_cost', message: 'max_cost must be more than zero.' })
    }
    if (size.model) await ratesOf(size.model, at)
    return size.maxCost
  }
  const amount = mostCost(await ratesOf(size.model, at), size.inputTokens, size.maxOutputTokens)
  if (isPositive(amount)) return amount
  throw new Refusal('invalid_amount', {
    field: 'max_output_tokens',
    message:
      'The request has no tokens, so there is nothing to hold. Send input_tokens or max_output_tokens above zero.',
  })
}

function hashOf({ size, holdSeconds }: { size: HoldSize; holdSeconds: number }): Buffer {
  const parts =
    'maxCost' in size
      ? ['cost', size.maxCost.nanos, size.model]
      : ['tokens', size.model, size.inputTokens, size.maxOutputTokens]
  return requestHash([...parts, BigInt(holdSeconds)])
}

function sameRequest(hold: Hold, hash: Buffer): Hold {
  if (hold.requestHash.equals(hash)) return hold
  throw new Refusal('idempotency_conflict', {
    field: 'idempotency_key',
    message:
      'This idempotency key was used before for another request. Nothing was held. Use a new key for a new request.',
  })
}

async function placeHold(
  tx: Tx,
  request: {
    accountId: string
    idempotencyKey: string
    size: HoldSize
    holdSeconds: number
    amount: Money
    hash: Buffer
    at: Date
  },
): Promise<Hold> {
  const hold: Hold = {
    accountId: request.accountId,
    holdId: newId(),
    idempotencyKey: request.idempotencyKey,
    requestHash: request.hash,
    model: request.size.model,
    amount: request.amount,
    state: 'open',
    createdAt: request.at,
    expiresAt: new Date(request.at.getTime() + request.holdSeconds * secondMs),
    closedAt: null,
    settleHash: null,
    charged: null,
  }
  await insertHold(tx, hold)
  return hold
}
