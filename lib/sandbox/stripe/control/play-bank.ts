import type Stripe from 'stripe'
import * as z from 'zod'
import { refuse } from '../http/errors'
import type { ServerParts } from '../http/server-parts'
import { disputeReasons } from '../payments/build-dispute'
import {
  type DisputeStatus,
  disputeStatuses,
  moveDispute,
  moveDisputeToUnknown,
  openDispute,
} from '../payments/dispute-charge'
import { fraudTypes, warnOfFraud } from '../payments/fraud-warnings'
import { moveRefund, refundFailureReasons, refundStatuses } from '../payments/refund-charge'
import { refundRoutes } from '../resources/refunds'
import { noCause, type World } from '../state/world'

const refundBody = z
  .strictObject({ status: z.enum(refundStatuses), failure_reason: z.enum(refundFailureReasons).optional() })
  .refine(({ status, failure_reason }) => failure_reason === undefined || status === 'failed', {
    message: 'Only a refund that becomes `failed` has a failure_reason.',
  })

/** Plays what a bank (or the customer, or the merchant in the dashboard) does to a refund. */
export function playRefund({ world }: ServerParts, body: unknown, id: string) {
  const { status, failure_reason: reason } = refundBody.parse(body)
  const refund = world.store.get('refunds', id)
  return refund && world.store.transaction(() => moveRefund(world, noCause, refund, status, reason))
}

const dashboardRefundBody = z.strictObject({ amount: z.int().min(1).optional() })

/** Plays the merchant who refunds a payment in the dashboard: as the API would, but no fault meets it. */
export function refundHere({ world }: ServerParts, body: unknown, id: string) {
  const { amount } = dashboardRefundBody.parse(body)
  if (!world.store.get('paymentIntents', id)) return undefined
  const params = { payment_intent: id, ...(amount !== undefined && { amount }) }
  return world.store.transaction(() => refundRoutes['POST /v1/refunds']!({ world, cause: noCause, ids: {}, params }))
}

const named = z.strictObject({ payment_intent: z.string().optional(), charge: z.string().optional() })
const namesOne = (body: z.infer<typeof named>) => (body.payment_intent === undefined) !== (body.charge === undefined)
const nameOne = { message: 'Give either payment_intent or charge.' }

const openBody = named
  .extend({
    amount: z.int().min(1).optional(),
    reason: z.enum(disputeReasons).default('fraudulent'),
    inquiry: z.boolean().default(false),
  })
  .refine(namesOne, nameOne)

/** Plays a cardholder who complains to the bank. Without `amount`: about what was not refunded, or else everything. */
export function openDisputeHere({ world }: ServerParts, body: unknown) {
  const { reason, inquiry: isInquiry, ...given } = openBody.parse(body)
  const charge = namedCharge(world, given, 'dispute')
  if (!charge) return undefined
  const amount = given.amount ?? (charge.amount - charge.amount_refunded || charge.amount_captured)
  return world.store.transaction(() => openDispute(world, noCause, { charge, amount, reason, isInquiry }))
}

function namedCharge(
  world: World,
  given: z.infer<typeof named>,
  purpose: 'dispute' | 'report',
): Stripe.Charge | undefined {
  if (given.charge) return world.store.get('charges', given.charge)
  const intent = world.store.get('paymentIntents', given.payment_intent!)
  if (intent && !intent.latest_charge) throw refuse(`The payment ${intent.id} has no charge to ${purpose}.`)
  return intent && world.store.get('charges', intent.latest_charge as string)
}

const warningBody = named
  .extend({ fraud_type: z.enum(fraudTypes).default('made_with_stolen_card') })
  .refine(namesOne, nameOne)

/** Plays an issuer that reports a payment as fraud, ahead of any dispute. */
export function warnOfFraudHere({ world }: ServerParts, body: unknown) {
  const { fraud_type: type, ...given } = warningBody.parse(body)
  const charge = namedCharge(world, given, 'report')
  return charge && world.store.transaction(() => warnOfFraud(world, noCause, charge, type))
}

const moveBody = z.strictObject({ status: z.string().min(1), force: z.boolean().default(false) })

/** Plays what a bank does to a dispute. `force` gives it a status that Stripe has not published. */
export function playDispute({ world }: ServerParts, body: unknown, id: string) {
  const { status, force } = moveBody.parse(body)
  const dispute = world.store.get('disputes', id)
  if (!dispute) return undefined
  if (!force && !isPublished(status)) {
    throw refuse(`${status} is no published status (${disputeStatuses.join(', ')}); give \`force: true\` to set it.`)
  }
  return world.store.transaction(() =>
    !force && isPublished(status)
      ? moveDispute(world, noCause, dispute, status)
      : moveDisputeToUnknown(world, noCause, dispute, status),
  )
}

const isPublished = (status: string): status is DisputeStatus => (disputeStatuses as readonly string[]).includes(status)
