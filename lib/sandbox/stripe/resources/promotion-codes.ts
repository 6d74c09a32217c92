import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { invalidParameter, missingParameter, noSuch, refuse } from '../http/errors'
import { listPage } from '../http/lists'
import { newId, randomToken } from '../state/ids'
import type { World } from '../state/world'
import { checkCurrency } from './amounts'
import { findCoupon } from './coupons'
import { livingCustomer } from './find-customer'
import { mergeMetadata } from './metadata'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

type CreateParams = Stripe.PromotionCodeCreateParams

export const promotionCodeRoutes: Routes = {
  'POST /v1/promotion_codes': create,
  'GET /v1/promotion_codes': list,
  'GET /v1/promotion_codes/{id}': ({ world, ids }: Call) => findPromotionCode(world, ids.id!, 'promotion_code', 404),
  'POST /v1/promotion_codes/{id}': update,
}

/** The promotion code with this id. `status` is 400 when the id came as a parameter. */
export function findPromotionCode(
  world: World,
  id: string,
  param: string,
  status: 400 | 404 = 400,
): Stripe.PromotionCode {
  const code = world.store.get('promotionCodes', id)
  if (!code) throw noSuch('promotion code', id, param, status)
  return code
}

/** What a person types, in any case; an active code goes before one that ended. */
export function findTypedCode(world: World, typed: string): Stripe.PromotionCode | undefined {
  const same = world.store
    .newestFirst('promotionCodes')
    .filter(({ code }) => code.toLowerCase() === typed.trim().toLowerCase())
  return same.find(({ active }) => active) ?? same[0]
}

/** Ends a code whose time is over or which was redeemed as often as it may be. */
export function refreshPromotionCode(world: World, id: string): void {
  const code = world.store.get('promotionCodes', id)
  if (code?.active && !isOpen(world, code)) world.store.put('promotionCodes', id, { ...code, active: false })
}

function isOpen(world: World, code: Stripe.PromotionCode): boolean {
  const isOver = code.expires_at !== null && code.expires_at <= world.clock.now()
  const isUsedUp = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions
  const coupon = world.store.get('coupons', code.promotion.coupon as string)
  return !isOver && !isUsedUp && coupon?.valid === true
}

function create({ world, cause, params }: Call<CreateParams>): Stripe.PromotionCode {
  const coupon = checkParams(world, params)
  const id = newId.promotionCode()
  const { restrictions = {} } = params
  const code = world.store.put('promotionCodes', id, {
    id,
    object: 'promotion_code',
    active: params.active ?? true,
    code: params.code ?? randomToken(8).toUpperCase(),
    created: world.clock.now(),
    customer: params.customer ?? null,
    customer_account: null,
    expires_at: params.expires_at ?? null,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    promotion: { type: 'coupon', coupon: coupon.id },
    restrictions: {
      first_time_transaction: restrictions.first_time_transaction ?? false,
      minimum_amount: restrictions.minimum_amount ?? null,
      minimum_amount_currency: restrictions.minimum_amount_currency?.toLowerCase() ?? null,
    },
    times_redeemed: 0,
  })
  if (code.expires_at !== null) {
    const chore = `code ${id}`
    world.store.put('chores', chore, { id: chore, kind: 'end_promotion_code', target: id, dueAt: code.expires_at })
  }
  emitEvent(world, cause, 'promotion_code.created', code)
  return code
}

function checkParams(world: World, params: CreateParams): Stripe.Coupon {
  refuseUnplayed(params, [
    'active',
    'code',
    'customer',
    'expires_at',
    'max_redemptions',
    'metadata',
    'promotion',
    'restrictions',
  ])
  if (!params.promotion.coupon) throw missingParameter('promotion[coupon]')
  const coupon = findCoupon(world, params.promotion.coupon, 'promotion[coupon]')
  if (!coupon.valid) throw refuse('The coupon of a promotion code must be valid.', { param: 'promotion[coupon]' })
  if (params.customer) livingCustomer(world, params.customer, 'customer')
  checkCode(world, params)
  checkLimits(world, params, coupon)
  checkRestrictions(params.restrictions ?? {})
  return coupon
}

function checkCode(world: World, { code, active = true }: CreateParams): void {
  if (code === undefined) return
  if (!/^[a-zA-Z0-9-]{1,500}$/.test(code)) {
    throw invalidParameter('Promotion codes may only contain letters (a-z, A-Z), digits (0-9) and dashes (-).', 'code')
  }
  if (active && findTypedCode(world, code)?.active) {
    throw refuse(`An active promotion code with \`code: ${code}\` already exists.`, { param: 'code' })
  }
}

function checkLimits(world: World, { max_redemptions: limit, expires_at: end }: CreateParams, coupon: Stripe.Coupon) {
  if (limit !== undefined && limit < 1) {
    throw invalidParameter('This value must be greater than or equal to 1.', 'max_redemptions')
  }
  if (limit !== undefined && coupon.max_redemptions !== null && limit > coupon.max_redemptions) {
    throw invalidParameter('The `max_redemptions` of a promotion code cannot exceed its coupon’s.', 'max_redemptions')
  }
  if (end !== undefined && end <= world.clock.now()) {
    throw invalidParameter('The `expires_at` timestamp must be in the future.', 'expires_at')
  }
  if (end !== undefined && coupon.redeem_by !== null && end > coupon.redeem_by) {
    throw invalidParameter(
      'The `expires_at` of a promotion code cannot be after its coupon’s `redeem_by`.',
      'expires_at',
    )
  }
}

function checkRestrictions(restrictions: Stripe.PromotionCodeCreateParams.Restrictions): void {
  refuseUnplayed(restrictions, ['first_time_transaction', 'minimum_amount', 'minimum_amount_currency'], 'restrictions')
  const { minimum_amount: minimum, minimum_amount_currency: currency } = restrictions
  if (minimum !== undefined && currency === undefined) throw missingParameter('restrictions[minimum_amount_currency]')
  if (currency !== undefined) checkCurrency(currency, 'restrictions[minimum_amount_currency]')
  if (minimum !== undefined && minimum < 1) {
    throw invalidParameter('This value must be greater than or equal to 1.', 'restrictions[minimum_amount]')
  }
}

function update({ world, cause, ids, params }: Call<Stripe.PromotionCodeUpdateParams>): Stripe.PromotionCode {
  refuseUnplayed(params, ['active', 'metadata'])
  const before = findPromotionCode(world, ids.id!, 'promotion_code', 404)
  if (params.active && !before.active && !isOpen(world, before)) {
    throw refuse('This promotion code has expired or was redeemed as often as it may be; it cannot be active again.', {
      param: 'active',
    })
  }
  const code = world.store.put('promotionCodes', before.id, {
    ...before,
    active: params.active ?? before.active,
    metadata: mergeMetadata(before.metadata, params.metadata),
  })
  emitEvent(world, cause, 'promotion_code.updated', code, before)
  return code
}

function list({ world, params }: Call<Stripe.PromotionCodeListParams>) {
  refuseUnplayed(params, [...pageParams, 'active', 'code', 'coupon', 'created', 'customer'])
  const codes = world.store
    .newestFirst('promotionCodes')
    .filter((code) => params.active === undefined || code.active === params.active)
    .filter((code) => params.code === undefined || code.code.toLowerCase() === params.code.toLowerCase())
    .filter((code) => params.coupon === undefined || code.promotion.coupon === params.coupon)
    .filter((code) => params.customer === undefined || code.customer === params.customer)
  return listPage(codes, params, '/v1/promotion_codes')
}
