import type Stripe from 'stripe'
import type { SessionTax } from '../state/collections'
import type { World } from '../state/world'
import { couponOf, discountProblem, type Purchase, readTypedCode } from './discounts'
import { priceLines } from './price-lines'
import { taxFor } from './tax-rates'

type Session = Stripe.Checkout.Session

const smallestTotalCents = 50

/** What a discount of this session would be taken from, and whose it would be. */
export function purchaseOf(session: Session): Purchase {
  return { subtotal: session.amount_subtotal!, customerId: session.customer as string | null }
}

/** Prices an open session anew and writes it down. Call inside a transaction. */
export function priceSession(
  world: World,
  session: Session,
  { discount, tax }: { discount: Stripe.Checkout.Session.Discount | null; tax: SessionTax | null },
): Session {
  const plan = world.store.get('sessionPlans', session.id)!
  const coupon = discount && couponOf(world, discount)
  const totals = priceLines(plan.lineItems, coupon ?? null, tax)
  world.store.put('sessionPlans', session.id, { ...plan, lineItems: totals.lineItems, tax })
  if (totals.total !== session.amount_total) endOpenTry(world, session)
  return world.store.put('checkoutSessions', session.id, {
    ...session,
    amount_subtotal: totals.subtotal,
    amount_total: totals.total,
    automatic_tax: session.automatic_tax.enabled
      ? { ...session.automatic_tax, status: tax ? 'complete' : 'requires_location_inputs' }
      : session.automatic_tax,
    discounts: discount ? [discount] : [],
    total_details: { amount_discount: totals.discount, amount_shipping: 0, amount_tax: totals.tax },
  })
}

/** An authentication page that is still open asks about the old total: it must not lead to a payment any more. */
function endOpenTry(world: World, session: Session): void {
  const intent = session.payment_intent
    ? world.store.get('paymentIntents', session.payment_intent as string)
    : undefined
  if (intent?.status !== 'requires_action') return
  world.store.put('paymentIntents', intent.id, {
    ...intent,
    status: 'requires_payment_method',
    next_action: null,
    payment_method: null,
  })
}

/** The payer typed a promotion code. Returns what is wrong with it, or null when it was applied. */
export function applyCode(world: World, session: Session, typed: string): string | null {
  const read = readTypedCode(world, typed, purchaseOf(session))
  if ('problem' in read) return read.problem
  const tax = world.store.get('sessionPlans', session.id)!.tax ?? null
  const priced = priceSession(world, session, { discount: read.discount, tax })
  const isTooSmall = priced.amount_total! > 0 && priced.amount_total! < smallestTotalCents
  if (!isTooSmall) return null
  priceSession(world, session, { discount: null, tax })
  return 'With this code the total would be below $0.50, the smallest amount that can be paid.'
}

/** Takes the discount away again, as the payer asked or because it has ended. */
export function removeDiscount(world: World, session: Session): Session {
  const tax = world.store.get('sessionPlans', session.id)!.tax ?? null
  return priceSession(world, session, { discount: null, tax })
}

/** Why the session's discount cannot be had any more, or null. */
export function endedDiscount(world: World, session: Session): string | null {
  const discount = session.discounts?.[0]
  return discount ? discountProblem(world, discount, purchaseOf(session)) : null
}

/**
 * Adds the tax of an address (of the customer's own where none is given) to a session that calculates tax; others stay
 * as they are.
 */
export function applyTax(
  world: World,
  session: Session,
  address: Stripe.Address | null,
  taxIdType: string | null,
): Session {
  if (!session.automatic_tax.enabled) return session
  const customer = session.customer
    ? (world.store.get('customers', session.customer as string) as Stripe.Customer)
    : null
  const place = address ?? customer?.address
  if (!place?.country) return session
  const tax = taxFor({
    country: place.country,
    state: place.state,
    taxIdType,
    customerExemption: (customer?.tax_exempt ?? 'none') as 'exempt' | 'none' | 'reverse',
  })
  return priceSession(world, session, { discount: session.discounts?.[0] ?? null, tax })
}

/** Whether the page has to ask for an address because the tax depends on it. */
export function asksForTaxAddress(world: World, session: Session): boolean {
  if (!session.automatic_tax.enabled) return false
  return !session.customer || world.store.get('sessionPlans', session.id)!.customerUpdate.address === 'auto'
}
