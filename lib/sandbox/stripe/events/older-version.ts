import type Stripe from 'stripe'
import type { World } from '../state/world'

type Hash = Record<string, unknown>

/**
 * An event as an endpoint pinned to another API version gets it: the envelope says so, and in versions before a change
 * the fields that came or went with it are missing or there. Only what receivers are known to trip over is played.
 */
export function inVersion(world: World, event: Stripe.EventBase, version: string): Stripe.EventBase {
  const object = { ...(event.data.object as unknown as Hash) }
  const isBefore = (date: string) => version.slice(0, 10) < date
  if (isBefore('2026-09-30')) delete object.allowed_payment_method_types
  if (isBefore('2026-03-25') && object.ui_mode === 'hosted_page') object.ui_mode = 'hosted'
  if (isBefore('2025-09-30') && object.object === 'promotion_code') takeCouponOut(world, object)
  if (isBefore('2025-03-31') && object.object === 'invoice') payInvoiceOnce(world, object)
  return { ...event, api_version: version, data: { ...event.data, object } as unknown as Stripe.Event.Data }
}

/** The coupon stood in the code itself. */
function takeCouponOut(world: World, code: Hash): void {
  const { coupon } = code.promotion as { coupon: string }
  code.coupon = world.store.get('coupons', coupon) ?? null
  delete code.promotion
}

/** An invoice named its one payment; there was no list of them. */
function payInvoiceOnce(world: World, invoice: Hash): void {
  const paid = world.store.oldestFirst('invoicePayments').find((payment) => payment.invoice === invoice.id)
  const intent = (paid?.payment.payment_intent as string | undefined) ?? null
  invoice.payment_intent = intent
  invoice.charge = intent ? world.store.get('paymentIntents', intent)!.latest_charge : null
  invoice.paid = invoice.status === 'paid'
  invoice.subscription = null
  for (const name of ['payments', 'parent', 'confirmation_secret', 'total_taxes']) delete invoice[name]
}
