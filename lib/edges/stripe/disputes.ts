import type Stripe from 'stripe'
import { cents, type Money } from '@/lib/core/money'
import { dateOf, idOf } from './facts'
import { ask, checkId, isMissing } from './problems'
import { goneIsEmpty } from './refunds'

export interface DisputeFacts {
  stripeDisputeId: string
  chargeId: string | null
  paymentIntentId: string | null
  /** Stripe's own word: there may be one that does not exist yet. */
  status: string
  reason: string | null
  amount: Money
  /** What Stripe has taken from our balance for it, less what it gave back; without its fees. */
  withdrawn: Money
  isChargeRefundable: boolean
  /** By when evidence is due; null when none is asked for. */
  dueBy: Date | null
  createdAt: Date
}

/** A dispute as it is now; null when there is none. @throws Refusal `payment_provider_unavailable` */
export async function readDispute(stripeDisputeId: string): Promise<DisputeFacts | null> {
  try {
    return disputeFacts(await ask('dispute', (client) => client.disputes.retrieve(checkId(stripeDisputeId, '(dp|du)'))))
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const pageSize = 100

/** Every dispute of a payment, in the order in which they were opened. @throws Refusal `payment_provider_unavailable` */
export async function readDisputesOf(paymentIntentId: string): Promise<DisputeFacts[]> {
  const found: DisputeFacts[] = []
  for (let after: string | undefined; ; ) {
    const page = await ask('list', (client) =>
      client.disputes.list({
        payment_intent: checkId(paymentIntentId, 'pi'),
        limit: pageSize,
        ...(after && { starting_after: after }),
      }),
    ).catch(goneIsEmpty)
    if (!page) break
    found.push(...page.data.map(disputeFacts))
    after = page.data.at(-1)?.id
    if (!page.has_more || !after) break
  }
  return found.reverse()
}

function disputeFacts(dispute: Stripe.Dispute): DisputeFacts {
  const moved = dispute.balance_transactions.reduce((total, { amount }) => total + amount, 0)
  const dueBy = dispute.evidence_details?.due_by
  return {
    stripeDisputeId: dispute.id,
    chargeId: idOf(dispute.charge),
    paymentIntentId: idOf(dispute.payment_intent),
    status: dispute.status,
    reason: dispute.reason || null,
    amount: cents(dispute.amount, dispute.currency),
    withdrawn: cents(-moved, dispute.currency),
    isChargeRefundable: dispute.is_charge_refundable,
    dueBy: dueBy ? dateOf(dueBy) : null,
    createdAt: dateOf(dispute.created),
  }
}
