import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { refuse } from '../http/errors'
import type { Cause, World } from '../state/world'
import { changeBalance } from './balance'
import { buildDispute, type DisputeRequest, responseDueBy } from './build-dispute'
import { refreshFraudWarning } from './fraud-warnings'

/** Stripe's own price of a chargeback; it stays with Stripe even when the dispute is won. */
const disputeFeeCents = 1_500

export const disputeStatuses = [
  'warning_needs_response',
  'warning_under_review',
  'warning_closed',
  'needs_response',
  'under_review',
  'won',
  'lost',
  'appeal_needs_response',
  'appeal_under_review',
  'prevented',
] as const
export type DisputeStatus = (typeof disputeStatuses)[number]

const nextStatuses: Record<DisputeStatus, DisputeStatus[]> = {
  warning_needs_response: ['warning_under_review', 'warning_closed', 'needs_response', 'prevented'],
  warning_under_review: ['warning_closed', 'needs_response', 'prevented'],
  warning_closed: [],
  needs_response: ['under_review', 'won', 'lost'],
  under_review: ['won', 'lost'],
  won: [],
  lost: ['appeal_needs_response', 'appeal_under_review'],
  appeal_needs_response: ['appeal_under_review', 'won', 'lost'],
  appeal_under_review: ['won', 'lost'],
  prevented: [],
}

const endings: string[] = ['won', 'lost', 'warning_closed', 'prevented']

/** Opens a dispute. A chargeback takes the money at once; an inquiry only asks. Throws 400 when nothing can be disputed. */
export function openDispute(world: World, cause: Cause, request: DisputeRequest): Stripe.Dispute {
  const { charge, amount, isInquiry } = request
  checkDisputable(world, charge, amount)
  const built = buildDispute(world, request)
  const dispute = putDispute(world, isInquiry ? built : withdrawFunds(world, built))
  const disputed = world.store.put('charges', charge.id, { ...charge, disputed: true })
  emitEvent(world, cause, 'charge.dispute.created', dispute)
  if (!isInquiry) emitEvent(world, cause, 'charge.dispute.funds_withdrawn', dispute)
  refreshFraudWarning(world, cause, disputed)
  return dispute
}

/**
 * Moves a dispute to where its bank or its merchant takes it, with the money that goes with the move. Throws 400 when
 * Stripe's states do not allow it.
 */
export function moveDispute(
  world: World,
  cause: Cause,
  before: Stripe.Dispute,
  status: DisputeStatus,
  /** What else the move changes, such as the evidence that caused it. */
  changes: Partial<Stripe.Dispute> = {},
): Stripe.Dispute {
  const possible = movesFrom(before)
  if (!possible.includes(status)) {
    const list = possible.join(', ') || 'nothing else'
    throw refuse(`The dispute ${before.id} is ${before.status}; from there it can become ${list}, but not ${status}.`)
  }
  const isWithdrawn = withdrawnCents(before) > 0
  const isEscalation = status === 'needs_response' && !isWithdrawn
  if (isEscalation) refuseEscalation(world, before)
  const isReinstatement = status === 'won' && isWithdrawn

  const moved = { ...before, ...changes, status, is_charge_refundable: isChargeRefundable(status) }
  const dispute = putDispute(
    world,
    isEscalation
      ? withdrawFunds(world, escalated(world, moved))
      : isReinstatement
        ? reinstateFunds(world, moved)
        : status === 'appeal_needs_response'
          ? { ...moved, evidence_details: { ...moved.evidence_details, due_by: responseDueBy(world) } }
          : moved,
  )
  if (!endings.includes(status)) emitEvent(world, cause, 'charge.dispute.updated', dispute, before)
  if (isEscalation) emitEvent(world, cause, 'charge.dispute.funds_withdrawn', dispute)
  if (isReinstatement) emitEvent(world, cause, 'charge.dispute.funds_reinstated', dispute)
  if (endings.includes(status)) emitEvent(world, cause, 'charge.dispute.closed', dispute)
  return dispute
}

/** Gives a dispute a status that Stripe has not published yet. No money moves. Throws 400 for a published one. */
export function moveDisputeToUnknown(world: World, cause: Cause, before: Stripe.Dispute, status: string) {
  if ((disputeStatuses as readonly string[]).includes(status)) {
    throw refuse(`${status} is a published status: leave out \`force\`, so that the money moves with it.`)
  }
  const dispute = putDispute(world, { ...before, status })
  emitEvent(world, cause, 'charge.dispute.updated', dispute, before)
  return dispute
}

/** What the dispute holds back of the charge right now, in cents. */
export function withdrawnCents(dispute: Stripe.Dispute): number {
  return 0 - dispute.balance_transactions.reduce((total, { amount }) => total + amount, 0)
}

/** Where a dispute can go. From a status nobody knows it goes on by where its money is. */
function movesFrom(dispute: Stripe.Dispute): DisputeStatus[] {
  const known = nextStatuses[dispute.status as DisputeStatus]
  if (known) return known
  if (withdrawnCents(dispute) > 0) return ['needs_response', 'under_review', ...nextStatuses.under_review]
  if (dispute.balance_transactions.length > 0) return ['won']
  return ['warning_needs_response', 'warning_under_review', ...nextStatuses.warning_under_review]
}

function isChargeRefundable(status: DisputeStatus): boolean {
  return status.startsWith('warning_') || status === 'won' || status === 'prevented'
}

/** A bank disputes no more than was captured, all its open and lost disputes together. Refunds do not stop it. */
function checkDisputable(world: World, charge: Stripe.Charge, amount: number): void {
  if (charge.status !== 'succeeded' || !charge.captured) {
    throw refuse(`The charge ${charge.id} was not collected, so nobody can dispute it.`)
  }
  const others = world.store
    .oldestFirst('disputes')
    .filter(
      (dispute) => dispute.charge === charge.id && !['won', 'warning_closed', 'prevented'].includes(dispute.status),
    )
  const left = charge.amount_captured - others.reduce((total, dispute) => total + dispute.amount, 0)
  if (left < 1) throw refuse(`The charge ${charge.id} is disputed in full already.`)
  if (amount > left) {
    throw refuse(`At most ${left} cents of the charge ${charge.id} can be disputed, but ${amount} were asked for.`)
  }
}

function refuseEscalation(world: World, dispute: Stripe.Dispute): void {
  if (!world.store.get('charges', dispute.charge as string)!.refunded) return
  throw refuse(
    `The charge of the inquiry ${dispute.id} was refunded in full, so the inquiry cannot become a chargeback; it can become warning_closed.`,
  )
}

/** An inquiry that became a chargeback has a new day to answer by. */
function escalated(world: World, dispute: Stripe.Dispute): Stripe.Dispute {
  const { card } = dispute.payment_method_details ?? {}
  return {
    ...dispute,
    evidence_details: { ...dispute.evidence_details, due_by: responseDueBy(world) },
    ...(card ? { payment_method_details: { card: { ...card, case_type: 'chargeback' }, type: 'card' } } : {}),
  }
}

function withdrawFunds(world: World, dispute: Stripe.Dispute): Stripe.Dispute {
  const transaction = changeBalance(world, {
    type: 'adjustment',
    reportingCategory: 'dispute',
    amount: -dispute.amount,
    fee: { amount: disputeFeeCents, description: 'Dispute fee' },
    currency: dispute.currency,
    description: `Chargeback withdrawal for ${dispute.charge}`,
    source: dispute.id,
  })
  return { ...dispute, balance_transactions: [...dispute.balance_transactions, transaction] }
}

function reinstateFunds(world: World, dispute: Stripe.Dispute): Stripe.Dispute {
  const transaction = changeBalance(world, {
    type: 'adjustment',
    reportingCategory: 'dispute_reversal',
    amount: withdrawnCents(dispute),
    currency: dispute.currency,
    description: `Chargeback reversal for ${dispute.charge}`,
    source: dispute.id,
  })
  return { ...dispute, balance_transactions: [...dispute.balance_transactions, transaction] }
}

function putDispute(world: World, dispute: Stripe.Dispute): Stripe.Dispute {
  return world.store.put('disputes', dispute.id, dispute)
}
