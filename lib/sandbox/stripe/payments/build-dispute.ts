import type Stripe from 'stripe'
import { newId } from '../state/ids'
import type { World } from '../state/world'

/** Banks give about a week and a half; the day ends at midnight UTC. */
const responseDays = 9
const daySeconds = 24 * 3600

/** Reasons that Stripe publishes, with the code of Visa's that stands behind each. */
const networkReasonCodes = {
  bank_cannot_process: '12.5',
  check_returned: null,
  credit_not_processed: '13.6',
  customer_initiated: null,
  debit_not_authorized: null,
  duplicate: '12.6.1',
  fraudulent: '10.4',
  general: null,
  incorrect_account_details: '12.4',
  insufficient_funds: null,
  noncompliant: null,
  product_not_received: '13.1',
  product_unacceptable: '13.3',
  subscription_canceled: '13.2',
  unrecognized: '10.4',
} satisfies Record<string, string | null>

export type DisputeReason = keyof typeof networkReasonCodes
export const disputeReasons = Object.keys(networkReasonCodes) as [DisputeReason, ...DisputeReason[]]

export interface DisputeRequest {
  charge: Stripe.Charge
  /** Cents. */
  amount: number
  reason: DisputeReason
  isInquiry: boolean
}

/** A dispute the moment it is opened, with every attribute Stripe answers. No money has moved. */
export function buildDispute(world: World, { charge, amount, reason, isInquiry }: DisputeRequest): Stripe.Dispute {
  const card = charge.payment_method_details?.card
  return {
    id: newId.dispute(),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: world.clock.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence,
    evidence_details: {
      due_by: responseDueBy(world),
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: isInquiry,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    ...(card
      ? {
          payment_method_details: {
            card: {
              brand: card.brand ?? 'unknown',
              case_type: isInquiry ? 'inquiry' : 'chargeback',
              network: card.network ?? 'unknown',
              network_reason_code: networkReasonCodes[reason],
            },
            type: 'card',
          },
        }
      : {}),
    reason,
    status: isInquiry ? 'warning_needs_response' : 'needs_response',
  }
}

/** The last second in which the bank still takes evidence, counted from now. */
export function responseDueBy(world: World): number {
  return (Math.floor(world.clock.now() / daySeconds) + responseDays + 1) * daySeconds - 1
}

const noEvidence: Stripe.Dispute.Evidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
}
