import type Stripe from 'stripe'
import { noSuch, notServed, refuse } from '../http/errors'
import { type DisputeStatus, moveDispute } from '../payments/dispute-charge'
import { updateEvidence } from '../payments/dispute-evidence'
import type { World } from '../state/world'
import { listByPayment } from './by-payment'
import { mergeMetadata } from './metadata'
import { refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

export const disputeRoutes: Routes = {
  'GET /v1/disputes': list,
  'GET /v1/disputes/{id}': ({ world, ids }: Call) => findDispute(world, ids.id!),
  'POST /v1/disputes/{id}': update,
  'POST /v1/disputes/{id}/close': close,
}

function findDispute(world: World, id: string): Stripe.Dispute {
  const dispute = world.store.get('disputes', id)
  if (!dispute) throw noSuch('dispute', id, 'dispute')
  return dispute
}

function update({ world, cause, ids, params }: Call<Stripe.DisputeUpdateParams>): Stripe.Dispute {
  refuseUnplayed(params, ['evidence', 'intended_submission_method', 'metadata', 'submit'])
  const { intended_submission_method: method } = params
  if (method && method !== 'manual' && method !== 'prefer_manual') {
    throw notServed('intended_submission_method', 'evidence that Stripe gathers by itself')
  }
  const before = findDispute(world, ids.id!)
  const evidence = readEvidence(params.evidence)
  return updateEvidence(world, cause, before, {
    evidence,
    metadata: mergeMetadata(before.metadata, params.metadata),
    intendedSubmissionMethod: method ?? before.intended_submission_method,
    submits: params.submit ?? Object.keys(evidence).length > 0,
  })
}

const textFields = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_tracking_number',
  'uncategorized_text',
] as const

/** Words only: the sandbox keeps no files. */
function readEvidence(given: Stripe.DisputeUpdateParams.Evidence = {}): Partial<Stripe.Dispute.Evidence> {
  refuseUnplayed(given, [...textFields, 'appeal'], 'evidence')
  const { appeal, ...words } = given
  const evidence = words as Partial<Stripe.Dispute.Evidence>
  if (appeal === undefined) return evidence
  if (!appeal) return { ...evidence, appeal: null }
  const { card } = appeal
  if (card) refuseUnplayed(card, ['reason_for_filing'], 'evidence[appeal][card]')
  const reason = card ? card.reason_for_filing : null
  return { ...evidence, appeal: reason ? { card: { reason_for_filing: reason } } : {} }
}

const afterClosing: Record<string, DisputeStatus> = {
  needs_response: 'lost',
  warning_needs_response: 'warning_closed',
  appeal_needs_response: 'lost',
}

/** The merchant gives in. */
function close({ world, cause, ids }: Call): Stripe.Dispute {
  const dispute = findDispute(world, ids.id!)
  const status = afterClosing[dispute.status]
  if (!status) {
    throw refuse(`The dispute ${dispute.id} cannot be closed because it has a status of ${dispute.status}.`)
  }
  return moveDispute(world, cause, dispute, status)
}

function list({ world, params }: Call<Stripe.DisputeListParams>) {
  return listByPayment(world, 'disputes', params, '/v1/disputes')
}
