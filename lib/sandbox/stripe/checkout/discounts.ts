import type Stripe from 'stripe'
import { invalidParameter, refuse } from '../http/errors'
import { formatAmount } from '../pages/format'
import { findCoupon, refreshCoupon } from '../resources/coupons'
import { findPromotionCode, findTypedCode, refreshPromotionCode } from '../resources/promotion-codes'
import type { World } from '../state/world'

/** Who wants a discount, and on how much. */
export interface Purchase {
  subtotal: number
  customerId: string | null
}

/** The discount of a new session as asked for; throws in Stripe's words when it cannot be had. */
export function readDiscount(
  world: World,
  given: Stripe.Checkout.SessionCreateParams.Discount[] | undefined,
  purchase: Purchase,
): Stripe.Checkout.Session.Discount | null {
  if (!given?.length) return null
  if (given.length > 1) throw invalidParameter('You can only pass one discount.', 'discounts')
  const { coupon: couponId, promotion_code: codeId } = given[0]!
  if ((couponId === undefined) === (codeId === undefined)) {
    throw invalidParameter('Pass exactly one of coupon and promotion_code.', 'discounts[0]')
  }
  if (couponId !== undefined) {
    const param = 'discounts[0][coupon]'
    if (!findCoupon(world, couponId, param).valid) {
      throw refuse(`Coupon expired or used up: ${couponId}`, { code: 'coupon_expired', param })
    }
    return { coupon: couponId, promotion_code: null }
  }
  const param = 'discounts[0][promotion_code]'
  const problem = codeProblem(world, findPromotionCode(world, codeId!, param), purchase)
  if (problem) throw refuse(`The promotion code ${codeId} cannot be redeemed. ${problem}`, { param })
  return { coupon: null, promotion_code: codeId! }
}

/** The discount behind what a person typed, or the sentence that tells them why not. */
export function readTypedCode(
  world: World,
  typed: string,
  purchase: Purchase,
): { discount: Stripe.Checkout.Session.Discount } | { problem: string } {
  if (!typed.trim()) return { problem: 'Enter a promotion code.' }
  const code = findTypedCode(world, typed)
  if (!code) return { problem: 'This code is not valid.' }
  const problem = codeProblem(world, code, purchase)
  return problem ? { problem } : { discount: { coupon: null, promotion_code: code.id } }
}

/** Why a session's discount can no longer be redeemed, or null. */
export function discountProblem(
  world: World,
  discount: Stripe.Checkout.Session.Discount,
  purchase: Purchase,
): string | null {
  const code = discount.promotion_code && world.store.get('promotionCodes', discount.promotion_code as string)
  if (code) return codeProblem(world, code, purchase)
  return couponOf(world, discount)?.valid ? null : 'The discount has ended.'
}

/** The coupon behind a discount, unless it was deleted. */
export function couponOf(world: World, discount: Stripe.Checkout.Session.Discount): Stripe.Coupon | undefined {
  const code = discount.promotion_code && world.store.get('promotionCodes', discount.promotion_code as string)
  return world.store.get('coupons', (code ? code.promotion.coupon : discount.coupon) as string)
}

/** Counts a redemption, once, when the session is complete. */
export function redeem(world: World, discount: Stripe.Checkout.Session.Discount): void {
  const code = discount.promotion_code && world.store.get('promotionCodes', discount.promotion_code as string)
  const coupon = couponOf(world, discount)
  if (code) world.store.put('promotionCodes', code.id, { ...code, times_redeemed: code.times_redeemed + 1 })
  if (coupon) world.store.put('coupons', coupon.id, { ...coupon, times_redeemed: coupon.times_redeemed + 1 })
  if (coupon) refreshCoupon(world, coupon.id)
  if (code) refreshPromotionCode(world, code.id)
}

function codeProblem(world: World, code: Stripe.PromotionCode, { subtotal, customerId }: Purchase): string | null {
  if (code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions) {
    return 'This code has been used as often as it can be.'
  }
  if (code.expires_at !== null && code.expires_at <= world.clock.now()) return 'This code has expired.'
  const coupon = world.store.get('coupons', code.promotion.coupon as string)
  if (!code.active || !coupon?.valid) return 'This code is no longer active.'
  if (code.customer !== null && code.customer !== customerId) return 'This code is for another customer.'
  const { minimum_amount: minimum, first_time_transaction: isFirstOnly } = code.restrictions
  if (minimum !== null && subtotal < minimum) {
    return `This code needs a purchase of at least ${formatAmount(minimum, 'usd')}.`
  }
  if (isFirstOnly && hasPaid(world, customerId)) return 'This code is for first purchases only.'
  return null
}

function hasPaid(world: World, customerId: string | null): boolean {
  if (customerId === null) return false
  return world.store
    .oldestFirst('charges')
    .some((charge) => charge.customer === customerId && charge.status === 'succeeded')
}
