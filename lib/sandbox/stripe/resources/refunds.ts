import type Stripe from 'stripe'
import { invalidParameter, noSuch, refuse, StripeError } from '../http/errors'
import { formatAmount } from '../pages/format'
import { moveRefund, refundCharge, tellRefundUpdated } from '../payments/refund-charge'
import type { World } from '../state/world'
import { checkPayment, listByPayment } from './by-payment'
import { mergeMetadata } from './metadata'
import { refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

export const refundRoutes: Routes = {
  'POST /v1/refunds': create,
  'GET /v1/refunds': list,
  'GET /v1/refunds/{id}': ({ world, ids }: Call) => findRefund(world, ids.id!),
  'POST /v1/refunds/{id}': update,
  'POST /v1/refunds/{id}/cancel': cancel,
}

function findRefund(world: World, id: string): Stripe.Refund {
  const refund = world.store.get('refunds', id)
  if (!refund) throw noSuch('refund', id, 'id')
  return refund
}

function create({ world, cause, params }: Call<Stripe.RefundCreateParams>): Stripe.Refund {
  refuseUnplayed(params, ['amount', 'charge', 'metadata', 'payment_intent', 'reason'])
  if (params.amount !== undefined && params.amount < 1) {
    throw invalidParameter('This value must be greater than or equal to 1.', 'amount', 'parameter_invalid_integer')
  }
  const charge = chargeToRefund(world, params)
  refuseUnrefundable(world, charge)
  const left = charge.amount - charge.amount_refunded
  const amount = params.amount ?? left
  if (amount > left) throw tooMuch(charge, amount, left)
  const metadata = mergeMetadata({}, params.metadata)
  return refundCharge(world, cause, { charge, amount, reason: params.reason ?? null, metadata })
}

function update({ world, cause, ids, params }: Call<Stripe.RefundUpdateParams>): Stripe.Refund {
  refuseUnplayed(params, ['metadata'])
  const before = findRefund(world, ids.id!)
  const refund = { ...before, metadata: mergeMetadata(before.metadata, params.metadata) }
  if (JSON.stringify(refund) === JSON.stringify(before)) return before
  world.store.put('refunds', refund.id, refund)
  tellRefundUpdated(world, cause, refund, before)
  return refund
}

/** Only what waits for the customer can be called back by the merchant. */
function cancel({ world, cause, ids }: Call): Stripe.Refund {
  const refund = findRefund(world, ids.id!)
  if (refund.status !== 'requires_action') {
    throw refuse(
      `You can only cancel a refund that has a status of requires_action; ${refund.id} has a status of ${refund.status}.`,
    )
  }
  return moveRefund(world, cause, refund, 'canceled')
}

function list({ world, params }: Call<Stripe.RefundListParams>) {
  return listByPayment(world, 'refunds', params, '/v1/refunds')
}

function chargeToRefund(world: World, params: Stripe.RefundCreateParams): Stripe.Charge {
  const { charge: chargeId, payment_intent: intentId } = params
  if (!chargeId && !intentId) {
    throw new StripeError(
      400,
      {
        type: 'invalid_request_error',
        message: 'One of the following params should be provided for this request: payment_intent or charge.',
      },
      { isStored: false },
    )
  }
  checkPayment(world, params)
  const intent = intentId ? world.store.get('paymentIntents', intentId)! : null
  const found = world.store.get('charges', chargeId ?? (intent!.latest_charge as string) ?? '')
  if (intent && chargeId && found?.payment_intent !== intent.id) {
    throw refuse(`The charge ${chargeId} does not belong to the PaymentIntent ${intent.id}.`, { param: 'charge' })
  }
  // A hold that was let go counts as refunded; every other try without money has nothing to give back.
  if (found?.status === 'succeeded' && (found.captured || found.refunded)) return found
  throw refuse(`${nameOf(found, intent)} does not have a successful charge to refund.`, {
    code: 'charge_not_refundable',
    param: chargeId ? 'charge' : 'payment_intent',
  })
}

function nameOf(charge: Stripe.Charge | undefined, intent: Stripe.PaymentIntent | null): string {
  const intentId = intent?.id ?? charge?.payment_intent
  return intentId ? `This PaymentIntent (${intentId})` : `This Charge (${charge!.id})`
}

function refuseUnrefundable(world: World, charge: Stripe.Charge): void {
  if (charge.refunded) {
    throw refuse(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  }
  const isBlocked = world.store
    .oldestFirst('disputes')
    .some((dispute) => dispute.charge === charge.id && !dispute.is_charge_refundable)
  if (isBlocked) {
    throw refuse(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' })
  }
}

function tooMuch(charge: Stripe.Charge, amount: number, left: number): StripeError {
  const asked = formatAmount(amount, charge.currency)
  const limit = left === charge.amount ? 'charge amount' : 'unrefunded amount on charge'
  return refuse(`Refund amount (${asked}) is greater than ${limit} (${formatAmount(left, charge.currency)})`, {
    param: 'amount',
  })
}
