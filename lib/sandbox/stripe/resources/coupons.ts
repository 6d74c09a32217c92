import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { invalidParameter, missingParameter, noSuch, notServed, refuse } from '../http/errors'
import { listPage } from '../http/lists'
import { newId } from '../state/ids'
import type { World } from '../state/world'
import { checkCurrency } from './amounts'
import { mergeMetadata } from './metadata'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

export const couponRoutes: Routes = {
  'POST /v1/coupons': create,
  'GET /v1/coupons': ({ world, params }: Call<Stripe.CouponListParams>) => {
    refuseUnplayed(params, [...pageParams, 'created'])
    return listPage(world.store.newestFirst('coupons'), params, '/v1/coupons')
  },
  'GET /v1/coupons/{id}': ({ world, ids }: Call) => findCoupon(world, ids.id!, 'coupon', 404),
  'DELETE /v1/coupons/{id}': del,
}

/** The coupon with this id. `status` is 400 when the id came as a parameter. */
export function findCoupon(world: World, id: string, param: string, status: 400 | 404 = 400): Stripe.Coupon {
  const coupon = world.store.get('coupons', id)
  if (!coupon) throw noSuch('coupon', id, param, status)
  return coupon
}

/** Writes down whether the coupon can still be redeemed; its codes end with it. */
export function refreshCoupon(world: World, id: string): void {
  const coupon = world.store.get('coupons', id)
  if (!coupon) return
  const isUsedUp = coupon.max_redemptions !== null && coupon.times_redeemed >= coupon.max_redemptions
  const isOver = coupon.redeem_by !== null && coupon.redeem_by <= world.clock.now()
  world.store.put('coupons', id, { ...coupon, valid: !isUsedUp && !isOver })
  if (isUsedUp || isOver) endCodesOf(world, id)
}

function endCodesOf(world: World, couponId: string): void {
  for (const code of world.store.oldestFirst('promotionCodes')) {
    if (code.promotion.coupon !== couponId || !code.active) continue
    world.store.put('promotionCodes', code.id, { ...code, active: false })
  }
}

function create({ world, cause, params }: Call<Stripe.CouponCreateParams>): Stripe.Coupon {
  checkParams(world, params)
  const id = params.id ?? newId.coupon()
  const coupon = world.store.put('coupons', id, {
    id,
    object: 'coupon',
    amount_off: params.amount_off ?? null,
    created: world.clock.now(),
    currency: params.amount_off === undefined ? null : checkCurrency(params.currency!),
    duration: params.duration ?? 'once',
    duration_in_months: null,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    name: params.name ?? null,
    percent_off: params.percent_off ?? null,
    redeem_by: params.redeem_by ?? null,
    times_redeemed: 0,
    valid: true,
  })
  if (coupon.redeem_by !== null) {
    const chore = `coupon ${id}`
    world.store.put('chores', chore, { id: chore, kind: 'end_coupon', target: id, dueAt: coupon.redeem_by })
  }
  emitEvent(world, cause, 'coupon.created', coupon)
  return coupon
}

function checkParams(world: World, params: Stripe.CouponCreateParams): void {
  refuseUnplayed(params, [
    'amount_off',
    'currency',
    'duration',
    'id',
    'max_redemptions',
    'metadata',
    'name',
    'percent_off',
    'redeem_by',
  ])
  if (params.duration === 'repeating') throw notServed('duration', 'coupons that repeat')
  if (params.id !== undefined && world.store.get('coupons', params.id)) {
    throw refuse('Coupon already exists.', { code: 'resource_already_exists', param: 'id' })
  }
  if ((params.name?.length ?? 0) > 40) throw invalidParameter('Coupon names can have at most 40 characters.', 'name')
  checkWorth(params)
  if (params.max_redemptions !== undefined && params.max_redemptions < 1) {
    throw invalidParameter('This value must be greater than or equal to 1.', 'max_redemptions')
  }
  if (params.redeem_by !== undefined && params.redeem_by <= world.clock.now()) {
    throw invalidParameter('The `redeem_by` timestamp must be in the future.', 'redeem_by')
  }
}

function checkWorth({ amount_off: amount, percent_off: percent, currency }: Stripe.CouponCreateParams): void {
  if (amount !== undefined && percent !== undefined) {
    throw invalidParameter('You may only specify one of these parameters: percent_off, amount_off.', 'percent_off')
  }
  if (amount === undefined && percent === undefined) {
    throw invalidParameter('Must provide percent_off or amount_off.', 'percent_off')
  }
  if (percent !== undefined && !(percent > 0 && percent <= 100)) {
    throw invalidParameter('Percent off must be greater than 0 and at most 100.', 'percent_off')
  }
  if (amount === undefined) return
  if (amount < 1) {
    throw invalidParameter('This value must be greater than or equal to 1.', 'amount_off', 'parameter_invalid_integer')
  }
  if (currency === undefined) throw missingParameter('currency')
  checkCurrency(currency)
}

function del({ world, cause, ids }: Call): Stripe.DeletedCoupon {
  const coupon = findCoupon(world, ids.id!, 'coupon', 404)
  endCodesOf(world, coupon.id)
  world.store.remove('coupons', coupon.id)
  world.store.remove('chores', `coupon ${coupon.id}`)
  emitEvent(world, cause, 'coupon.deleted', { ...coupon, valid: false })
  return { id: coupon.id, object: 'coupon', deleted: true }
}
