import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { refuse } from '../http/errors'
import { type Cause, noCause, type World } from '../state/world'
import { type DisputeStatus, moveDispute } from './dispute-charge'

/** Long enough for `under_review` to be seen. */
const bankDecidesAfterSeconds = 5

const afterSubmission: Record<string, DisputeStatus> = {
  needs_response: 'under_review',
  warning_needs_response: 'warning_under_review',
  appeal_needs_response: 'appeal_under_review',
}

export interface EvidenceUpdate {
  /** Fields to set; the others stay. */
  evidence: Partial<Stripe.Dispute.Evidence>
  metadata: Stripe.Metadata
  intendedSubmissionMethod: Stripe.Dispute.IntendedSubmissionMethod | null
  submits: boolean
}

/** Stages evidence and notes on a dispute and, when asked, sends the evidence to the bank. Throws 400 when it is too late. */
export function updateEvidence(world: World, cause: Cause, before: Stripe.Dispute, update: EvidenceUpdate) {
  const changesEvidence = Object.keys(update.evidence).length > 0
  if ((changesEvidence || update.submits) && !afterSubmission[before.status]) {
    throw refuse(`The evidence of dispute ${before.id} cannot change any more: it has a status of ${before.status}.`)
  }
  const evidence = { ...before.evidence, ...update.evidence }
  const hasEvidence = before.evidence_details.has_evidence || changesEvidence
  const changes: Partial<Stripe.Dispute> = {
    evidence,
    evidence_details: { ...before.evidence_details, has_evidence: hasEvidence },
    intended_submission_method: update.intendedSubmissionMethod,
    metadata: update.metadata,
  }
  if (update.submits) return submit(world, cause, before, changes)
  const dispute = { ...before, ...changes }
  if (JSON.stringify(dispute) === JSON.stringify(before)) return before
  world.store.put('disputes', dispute.id, dispute)
  emitEvent(world, cause, 'charge.dispute.updated', dispute, before)
  return dispute
}

/** The bank reads what was submitted: Stripe's test words decide, anything else is left to the control surface. */
export function decideDispute(world: World, disputeId: string): void {
  const dispute = world.store.get('disputes', disputeId)
  const status = dispute && verdictOf(dispute)
  if (status) moveDispute(world, noCause, dispute, status)
}

function submit(world: World, cause: Cause, before: Stripe.Dispute, changes: Partial<Stripe.Dispute>): Stripe.Dispute {
  const details = changes.evidence_details!
  if (!details.has_evidence) throw refuse(`There is no evidence on dispute ${before.id} to submit.`)
  const now = world.clock.now()
  const dispute = moveDispute(world, cause, before, afterSubmission[before.status]!, {
    ...changes,
    evidence_details: {
      ...details,
      past_due: details.due_by !== null && now > details.due_by,
      submission_count: details.submission_count + 1,
      submission_method: 'manual',
    },
  })
  if (verdictOf(dispute)) {
    const id = `decide_dispute ${dispute.id}`
    world.store.put('chores', id, {
      id,
      kind: 'decide_dispute',
      target: dispute.id,
      dueAt: now + bankDecidesAfterSeconds,
    })
  }
  return dispute
}

function verdictOf({ status, evidence }: Stripe.Dispute): DisputeStatus | null {
  const words = evidence.uncategorized_text?.trim()
  if (status === 'warning_under_review') {
    if (words === 'escalate_inquiry_evidence') return 'needs_response'
    return words === 'winning_evidence' || words === 'losing_evidence' ? 'warning_closed' : null
  }
  if (status !== 'under_review' && status !== 'appeal_under_review') return null
  if (words === 'winning_evidence') return 'won'
  return words === 'losing_evidence' ? 'lost' : null
}
