import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { refuse } from '../http/errors'
import type { RefundBehaviour } from '../state/collections'
import { newId } from '../state/ids'
import type { Cause, World } from '../state/world'
import { changeBalance } from './balance'
import { refreshFraudWarning } from './fraud-warnings'
import { findTestCard } from './test-cards'

/** How long the banks behind the two test cards take to make up their mind, on the sandbox's clock. */
const bankAnswersAfterSeconds = 60

const emailExpiresAfterSeconds = 45 * 24 * 3600

export const refundStatuses = ['pending', 'requires_action', 'succeeded', 'failed', 'canceled'] as const
export type RefundStatus = (typeof refundStatuses)[number]

export const refundFailureReasons = [
  'charge_for_pending_refund_disputed',
  'declined',
  'expired_or_canceled_card',
  'insufficient_funds',
  'lost_or_stolen_card',
  'merchant_request',
  'unknown',
] as const
export type RefundFailureReason = (typeof refundFailureReasons)[number]

const nextStatuses: Record<RefundStatus, RefundStatus[]> = {
  pending: ['succeeded', 'failed', 'canceled', 'requires_action'],
  requires_action: ['pending', 'succeeded', 'failed', 'canceled'],
  // A bank may send the money back days after it seemed to have arrived.
  succeeded: ['failed'],
  failed: [],
  canceled: [],
}

export interface RefundRequest {
  charge: Stripe.Charge
  /** Cents, checked to be no more than what is left of the charge. */
  amount: number
  reason: Stripe.Refund.Reason | null
  metadata: Stripe.Metadata
}

/** Gives money of a charge back. The balance and the charge feel it at once, whatever the bank says later. */
export function refundCharge(world: World, cause: Cause, request: RefundRequest): Stripe.Refund {
  const { charge, amount } = request
  const behaviour = refundBehaviourOf(world, charge)
  const refund = buildRefund(world, request, firstStatus[behaviour])
  world.store.put('refunds', refund.id, refund)
  putRefundedAmount(world, charge, charge.amount_refunded + amount, request.reason)
  const kept = world.store.get('charges', charge.id)!
  emitEvent(world, cause, 'refund.created', refund)
  emitEvent(world, cause, 'charge.refunded', kept, charge)
  refreshFraudWarning(world, cause, kept)
  if (behaviour === 'pending') bankAnswersLater(world, 'succeed_refund', refund.id)
  if (behaviour === 'fails_later') bankAnswersLater(world, 'fail_refund', refund.id)
  return refund
}

/**
 * Moves a refund to where its bank, its customer or its merchant takes it. A failed or canceled refund gives the money
 * back to the balance and the charge. Throws 400 when Stripe's states do not allow the move.
 */
export function moveRefund(
  world: World,
  cause: Cause,
  before: Stripe.Refund,
  status: RefundStatus,
  failureReason: RefundFailureReason = 'unknown',
): Stripe.Refund {
  const current = before.status as RefundStatus
  if (!nextStatuses[current].includes(status)) {
    const possible = nextStatuses[current].join(', ') || 'nothing else'
    throw refuse(`The refund ${before.id} is ${current}; from there it can become ${possible}, but not ${status}.`)
  }
  const isUndone = status === 'failed' || status === 'canceled'
  const refund = world.store.put('refunds', before.id, {
    ...withoutStatusDetails(before),
    status,
    ...statusDetails(world, before, status),
    ...(isUndone ? { failure_balance_transaction: giveBack(world, before) } : {}),
    ...(status === 'failed' ? { failure_reason: failureReason } : {}),
    ...(status === 'canceled' ? { failure_reason: 'merchant_request' } : {}),
  })
  tellRefundUpdated(world, cause, refund, before)
  if (status === 'failed') emitEvent(world, cause, 'refund.failed', refund)
  if (isUndone) refreshFraudWarning(world, cause, world.store.get('charges', refund.charge as string)!)
  return refund
}

/** Both names under which Stripe tells of a changed refund. */
export function tellRefundUpdated(world: World, cause: Cause, refund: Stripe.Refund, before: Stripe.Refund): void {
  emitEvent(world, cause, 'refund.updated', refund, before)
  emitEvent(world, cause, 'charge.refund.updated', refund, before)
}

/** The bank's late answer, unless somebody has decided otherwise meanwhile. */
export function answerRefundLate(world: World, cause: Cause, refundId: string, status: 'succeeded' | 'failed'): void {
  const refund = world.store.get('refunds', refundId)
  if (!refund || !nextStatuses[refund.status as RefundStatus].includes(status)) return
  moveRefund(world, cause, refund, status)
}

const firstStatus: Record<RefundBehaviour, RefundStatus> = {
  ok: 'succeeded',
  pending: 'pending',
  fails_later: 'succeeded',
  requires_action: 'requires_action',
}

function refundBehaviourOf(world: World, charge: Stripe.Charge): RefundBehaviour {
  const onFile = charge.payment_method && world.store.get('cardsOnFile', charge.payment_method)
  if (!onFile) return 'ok'
  return onFile.refunds ?? findTestCard(onFile.number)?.refunds ?? 'ok'
}

function bankAnswersLater(world: World, kind: 'succeed_refund' | 'fail_refund', refundId: string): void {
  const id = `${kind} ${refundId}`
  world.store.put('chores', id, { id, kind, target: refundId, dueAt: world.clock.now() + bankAnswersAfterSeconds })
}

function putRefundedAmount(
  world: World,
  charge: Stripe.Charge,
  amountRefunded: number,
  reason: Stripe.Refund.Reason | null = null,
): void {
  world.store.put('charges', charge.id, {
    ...charge,
    amount_refunded: amountRefunded,
    refunded: amountRefunded === charge.amount,
    ...(reason === 'fraudulent' ? { fraud_details: { ...charge.fraud_details, user_report: 'fraudulent' } } : {}),
  })
}

/** Returns the id of the balance transaction that undoes the refund. */
function giveBack(world: World, refund: Stripe.Refund): string {
  const charge = world.store.get('charges', refund.charge as string)!
  putRefundedAmount(world, charge, charge.amount_refunded - refund.amount)
  return changeBalance(world, {
    type: 'refund_failure',
    reportingCategory: 'refund_failure',
    amount: refund.amount,
    currency: refund.currency,
    description: describe('REFUND FAILURE', charge),
    source: refund.id,
  }).id
}

function buildRefund(
  world: World,
  { charge, amount, reason, metadata }: RefundRequest,
  status: RefundStatus,
): Stripe.Refund {
  const id = newId.refund()
  const transaction = changeBalance(world, {
    type: 'refund',
    reportingCategory: 'refund',
    amount: -amount,
    currency: charge.currency,
    description: describe('REFUND', charge),
    source: id,
  })
  const refund: Stripe.Refund = {
    id,
    object: 'refund',
    amount,
    balance_transaction: transaction.id,
    charge: charge.id,
    created: world.clock.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason,
    receipt_number: charge.receipt_number,
    source_transfer_reversal: null,
    status,
    transfer_reversal: null,
  }
  const isCard = charge.payment_method_details?.type === 'card'
  const destination_details = isCard ? { destination_details: cardDestination(status) } : {}
  return { ...refund, ...destination_details, ...statusDetails(world, refund, status) }
}

function cardDestination(status: RefundStatus): Stripe.Refund.DestinationDetails {
  if (status !== 'succeeded') return { card: { type: 'pending' }, type: 'card' }
  const card = { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' }
  return { card, type: 'card' }
}

/** What a refund shows only while it has this status. */
function statusDetails(world: World, refund: Stripe.Refund, status: RefundStatus): Partial<Stripe.Refund> {
  const destination = refund.destination_details ? { destination_details: cardDestination(status) } : {}
  if (status === 'pending') return { ...destination, pending_reason: 'processing' }
  if (status === 'succeeded') return destination
  if (status !== 'requires_action') return {}
  const now = world.clock.now()
  const charge = world.store.get('charges', refund.charge as string)!
  const email = charge.receipt_email ?? charge.billing_details.email ?? 'payer@example.com'
  const display_details = {
    email_sent: { email_sent_at: now, email_sent_to: email },
    expires_at: now + emailExpiresAfterSeconds,
  }
  return { next_action: { type: 'display_details', display_details } }
}

function withoutStatusDetails({ pending_reason: _, next_action: __, ...refund }: Stripe.Refund): Stripe.Refund {
  return refund
}

const describe = (what: string, charge: Stripe.Charge) =>
  `${what} FOR ${charge.description ? `CHARGE (${charge.description})` : 'CHARGE'}`
