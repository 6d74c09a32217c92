import type Stripe from 'stripe'
import { Refusal } from '@/lib/core/errors'
import { cents, type Money } from '@/lib/core/money'
import { chargeableCents } from './checkout'
import { stripe } from './client'
import { dateOf, idOf } from './facts'
import { ask, checkId, expectObject, isMissing, problemOf, RefusedByStripe } from './problems'

export interface RefundFacts {
  stripeRefundId: string
  chargeId: string | null
  paymentIntentId: string | null
  /** Stripe's word: pending, requires_action, succeeded, failed, canceled, or one of the future. */
  status: string
  amount: Money
  /** Why the bank sent it back, in Stripe's word. */
  failureReason: string | null
  reason: string | null
  metadata: Record<string, string>
  createdAt: Date
}

/** A refund's order, sent byte for byte again under its key. */
export interface RefundOrder {
  idempotencyKey: string
  paymentIntentId: string
  /** Whole cents, tax included. */
  amount: Money
  metadata: Record<string, string>
}

/**
 * What came of asking for a refund. made: Stripe knows it now; its status says how far it is (pending, succeeded, and later
 * perhaps failed). refused: nothing happened, and the same call will never succeed. unknown: it may have happened; ask again
 * with the same key and the same order. misconfigured: our key; nothing happened.
 */
export type RefundOutcome =
  | { kind: 'succeeded'; refund: RefundFacts }
  | { kind: 'pending'; refund: RefundFacts }
  | { kind: 'failed'; refund: RefundFacts }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'unknown'; message: string }
  | { kind: 'misconfigured'; message: string }

/** Returns money of a payment to where it came from. Never throws for what Stripe or the network does. */
export async function createRefund(order: RefundOrder): Promise<RefundOutcome> {
  const params = {
    payment_intent: checkId(order.paymentIntentId, 'pi'),
    amount: chargeableCents(order.amount),
    metadata: order.metadata,
  } satisfies Stripe.RefundCreateParams
  try {
    const refund = await stripe().refunds.create(params, { idempotencyKey: order.idempotencyKey })
    return outcomeOf(refundFacts(expectObject(refund, 'refund')))
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'unknown', message: 'Stripe answered with something else.' }
    const problem = problemOf(error)
    return problem.kind === 'refused' ? { kind: 'refused', code: problem.code, message: problem.message } : problem
  }
}

function outcomeOf(refund: RefundFacts): RefundOutcome {
  if (refund.status === 'succeeded') return { kind: 'succeeded', refund }
  if (refund.status === 'failed' || refund.status === 'canceled') return { kind: 'failed', refund }
  return { kind: 'pending', refund }
}

/** A refund as it is now; null when there is none. @throws Refusal `payment_provider_unavailable` */
export async function readRefund(stripeRefundId: string): Promise<RefundFacts | null> {
  try {
    return refundFacts(
      await ask('refund', (client) => client.refunds.retrieve(checkId(stripeRefundId, '(re|pyr|rfnd)'))),
    )
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const pageSize = 100

/** Every refund of a payment, in the order in which they were made. @throws Refusal `payment_provider_unavailable` */
export async function readRefundsOf(paymentIntentId: string): Promise<RefundFacts[]> {
  const found: RefundFacts[] = []
  for (let after: string | undefined; ; ) {
    const page = await ask('list', (client) =>
      client.refunds.list({
        payment_intent: checkId(paymentIntentId, 'pi'),
        limit: pageSize,
        ...(after && { starting_after: after }),
      }),
    ).catch(goneIsEmpty)
    if (!page) break
    found.push(...page.data.map(refundFacts))
    after = page.data.at(-1)?.id
    if (!page.has_more || !after) break
  }
  return found.reverse()
}

/** A list by something that is not there any more is empty. */
export function goneIsEmpty(error: unknown): null {
  if (error instanceof RefusedByStripe && error.code === 'resource_missing') return null
  throw error
}

function refundFacts(refund: Stripe.Refund): RefundFacts {
  return {
    stripeRefundId: refund.id,
    chargeId: idOf(refund.charge),
    paymentIntentId: idOf(refund.payment_intent),
    status: refund.status ?? 'pending',
    amount: cents(refund.amount, refund.currency),
    failureReason: refund.failure_reason ?? null,
    reason: refund.reason,
    metadata: refund.metadata ?? {},
    createdAt: dateOf(refund.created),
  }
}
