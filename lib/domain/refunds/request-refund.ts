import { type Actor, system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId, newId } from '@/lib/core/ids'
import { zero } from '@/lib/core/money'
import { parseLine } from '@/lib/core/text'
import { now, readInstant } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, pool } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import { enqueue } from '@/lib/edges/queue'
import { requireOperator, requireRole } from '../members'
import { type RefundDto, refundDto } from './dto'
import { refundFactsOf } from './refund-facts'
import { decideRefund, type RefundOrigin } from './rules'
import { runRefund } from './run-refund'
import { lockTakeBacks, openBookOf, saveTakeBacks } from './save-take-backs'
import { findRefund, type Refund } from './store'

/**
 * Returns the money of a purchase's unused part to where it came from, as a customer may within the operator's window.
 * Without `amount` (money, tax included) it is all that is unused. The credit is taken at once, so that it cannot be spent
 * meanwhile; it comes back should the refund fail. The same `key` again changes nothing and names the same refund.
 * @throws Refusal `refund_not_possible` saying why; `invalid_amount`, `amount_too_small`, `amount_too_large`; `not_found`.
 */
export async function requestRefund(
  actor: Actor,
  input: { accountId: string; purchaseId: string; amount?: string | undefined; key?: string | undefined },
): Promise<RefundDto> {
  await requireRole(actor, input.accountId, 'billing:write')
  const windowHours = env().REFUND_WINDOW_HOURS
  return refund(actor, input, { origin: 'customer', windowHours, isBeyondUnused: false, reason: null })
}

/**
 * The same for the platform's staff: at any time, and with `isBeyondUnused` and a reason also credit that was used (the
 * balance may go below zero). Without `amount` it is all that is unused; with `isBeyondUnused`, all that is left.
 * @throws Refusal as above; `refund_beyond_unused` when more than the unused part was asked for without saying so.
 */
export async function refundPurchase(
  actor: Actor,
  input: {
    accountId: string
    purchaseId: string
    amount?: string | undefined
    isBeyondUnused?: boolean | undefined
    reason?: string | undefined
    key?: string | undefined
  },
): Promise<RefundDto> {
  await requireOperator(actor, 'refund:write')
  const isBeyondUnused = input.isBeyondUnused ?? false
  const reason = parseLine(input.reason ?? '', { field: 'reason', label: 'The reason', isRequired: isBeyondUnused })
  return refund(actor, input, { origin: 'operator', windowHours: null, isBeyondUnused, reason: reason || null })
}

interface Terms {
  origin: RefundOrigin
  windowHours: number | null
  isBeyondUnused: boolean
  reason: string | null
}

async function refund(
  actor: Actor,
  input: { accountId: string; purchaseId: string; amount?: string | undefined; key?: string | undefined },
  terms: Terms,
): Promise<RefundDto> {
  const { accountId, purchaseId } = input
  if (!isId(accountId) || !isId(purchaseId)) throw notFound()
  const refundId = idOfKey(input.key)
  const at = await now()
  await inTransaction(async (tx) => {
    const before = await lockTakeBacks(tx, accountId, purchaseId)
    if (!before) throw notFound()
    if (before.refunds.some((known) => known.refundId === refundId)) return
    if (await findRefund(tx, accountId, refundId)) throw keyOfAnother()
    const opened = await openBookOf(tx, before, at)
    const { amountCents } = decideRefund(refundFactsOf(before, opened), input.amount, { at, ...terms })
    const { currency } = before.purchase
    const requested: Refund = {
      accountId,
      refundId,
      purchaseId,
      origin: terms.origin,
      state: 'requested',
      requestedByUserId: actor.kind === 'user' ? actor.userId : null,
      stripeRefundId: null,
      amountCents,
      credit: zero(currency),
      gift: zero(currency),
      currency,
      movements: 0,
      reason: terms.reason,
      failureReason: null,
      createdAt: at,
      updatedAt: await readInstant(tx),
      closedAt: null,
      nextTryAt: at,
      tries: 0,
    }
    const after = { ...before, refunds: [...before.refunds, requested] }
    await saveTakeBacks(tx, actor, { before, after, opened, at })
    await enqueue(tx, 'run-refund', { accountId, refundId }, { key: `refund:${refundId}` })
    crashPoint('refund:before-commit')
  })
  crashPoint('refund:after-commit')
  await runNow(accountId, refundId)
  const made = await findRefund(pool(), accountId, refundId)
  if (!made) throw notFound()
  return refundDto(made)
}

/** The caller's own UUID names the refund: sent again, it is the same one. */
function idOfKey(key: string | undefined): string {
  if (key === undefined) return newId()
  if (isId(key)) return key.toLowerCase()
  throw new Refusal('invalid_request', {
    field: 'key',
    message: 'The key of a refund is a UUID, a new one for each refund.',
  })
}

const keyOfAnother = () =>
  new Refusal('idempotency_conflict', {
    field: 'key',
    message: 'This key names the refund of another purchase. Send a new UUID for each refund.',
  })

/** The worker would do it in a moment; the one who asked sees more when it is done at once. Its failure is the worker's. */
async function runNow(accountId: string, refundId: string): Promise<void> {
  try {
    await runRefund(system('refund'), { accountId, refundId })
  } catch (error) {
    log.warn({ err: error, accountId, refundId }, 'A refund waits for the worker')
  }
}

const notFound = () => new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
