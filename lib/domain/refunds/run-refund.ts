import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { cents } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, pool } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { createRefund } from '@/lib/edges/stripe'
import { appMetadata } from '../payment-methods'
import { nextTryAt, resendForMs } from './rules'
import { lockTakeBacks, saveTakeBacks } from './save-take-backs'
import { findRefund, type Refund, saveRefund } from './store'
import { syncRefunds } from './sync-refunds'

/**
 * Sends a requested refund to Stripe, or sends it again: always the same order under the same key, so that it is made once.
 * Before a repeat Stripe is asked whether it knows the refund already. What came of it is read back, as all news is. A
 * refusal gives the credit back; an answer that settles nothing is tried again later.
 * @throws Refusal `payment_provider_unavailable`
 */
export async function runRefund(
  actor: Actor,
  { accountId, refundId }: { accountId: string; refundId: string },
): Promise<void> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Refunds are sent by the worker alone.' })
  const at = await now()
  const refund = await claim(accountId, refundId, at)
  if (!refund) return
  crashPoint('refund:after-claim')
  if (refund.tries > 1) {
    await syncRefunds(actor, refund)
    if (!(await isStillRequested(refund))) return
    if (at.getTime() - refund.createdAt.getTime() >= resendForMs) return fail(actor, refund, 'not_confirmed', at)
  }
  crashPoint('refund:before-send')
  const outcome = await createRefund({
    idempotencyKey: `refund:${refundId}`,
    paymentIntentId: refund.paymentIntentId,
    amount: cents(refund.amountCents, refund.currency),
    metadata: { ...appMetadata, account_id: accountId, purchase_id: refund.purchaseId, refund_id: refundId },
  })
  crashPoint('refund:after-send')
  if (outcome.kind === 'misconfigured') log.error({ accountId, refundId }, 'Stripe refuses our key: a refund waits')
  if (outcome.kind === 'unknown' || outcome.kind === 'misconfigured') return
  await syncRefunds(actor, refund)
  if (outcome.kind === 'refused') await fail(actor, refund, outcome.code, at)
}

/** Takes the refund's turn, when it is due: whoever else tries in the meantime finds that it is not. */
async function claim(
  accountId: string,
  refundId: string,
  at: Date,
): Promise<(Refund & { paymentIntentId: string }) | null> {
  const known = await findRefund(pool(), accountId, refundId)
  if (known?.state !== 'requested') return null
  return inTransaction(async (tx) => {
    const before = await lockTakeBacks(tx, accountId, known.purchaseId)
    const refund = before?.refunds.find((candidate) => candidate.refundId === refundId)
    const paymentIntentId = before?.purchase.paymentIntentId
    if (!before || !refund || !paymentIntentId || refund.state !== 'requested') return null
    if (refund.nextTryAt && refund.nextTryAt > at) return null
    const claimed = { ...refund, tries: refund.tries + 1, nextTryAt: nextTryAt(at, refund.tries) }
    await saveRefund(tx, claimed)
    return { ...claimed, paymentIntentId }
  })
}

const isStillRequested = async ({ accountId, refundId }: Refund): Promise<boolean> =>
  (await findRefund(pool(), accountId, refundId))?.state === 'requested'

/** Ends a refund that Stripe does not know and never will: its credit is given back. */
async function fail(
  actor: Actor,
  { accountId, refundId, purchaseId }: Refund,
  failureReason: string,
  at: Date,
): Promise<void> {
  await inTransaction(async (tx) => {
    const before = await lockTakeBacks(tx, accountId, purchaseId)
    const refund = before?.refunds.find((candidate) => candidate.refundId === refundId)
    if (!before || refund?.state !== 'requested') return
    const failed: Refund = { ...refund, state: 'failed', failureReason, closedAt: at, nextTryAt: null }
    const refunds = before.refunds.map((candidate) => (candidate === refund ? failed : candidate))
    await saveTakeBacks(tx, actor, { before, after: { ...before, refunds }, at })
    crashPoint('refund:before-fail')
  })
  crashPoint('refund:after-fail')
}
