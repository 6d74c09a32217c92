import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import type { Cause, World } from '../state/world'

/** Writes down what an invoice has become and tells it: the change itself, then each of `types`. */
export function moveInvoice(
  world: World,
  cause: Cause,
  before: Stripe.Invoice,
  changes: Partial<Stripe.Invoice>,
  types: string[] = [],
): Stripe.Invoice {
  const invoice = world.store.put('invoices', before.id, { ...before, ...changes })
  const isChanged = JSON.stringify(invoice) !== JSON.stringify(before)
  // A draft that becomes an invoice is told by its own name only, as everything about it is new.
  if (isChanged && !types.includes('invoice.finalized')) emitEvent(world, cause, 'invoice.updated', invoice, before)
  for (const type of types) emitEvent(world, cause, type, invoice)
  return invoice
}

/** Nothing is owed any more: ends an invoice as paid and tells it. `changes` say what was paid, if anything. */
export function endAsPaid(
  world: World,
  cause: Cause,
  before: Stripe.Invoice,
  changes: Partial<Stripe.Invoice>,
  types = ['invoice.paid', 'invoice.payment_succeeded'],
): Stripe.Invoice {
  forgetDates(world, before.id)
  const status_transitions = { ...before.status_transitions, paid_at: world.clock.now() }
  const paid = { auto_advance: false, next_payment_attempt: null, status: 'paid' as const, status_transitions }
  return moveInvoice(world, cause, before, { ...paid, amount_remaining: 0, ...changes }, types)
}

/** The clock has nothing more to do with an invoice. */
export function forgetDates(world: World, invoiceId: string): void {
  for (const kind of ['finalize_invoice', 'collect_invoice', 'invoice_due'] as const) {
    world.store.remove('chores', `${kind} ${invoiceId}`)
  }
}

/** Puts what the clock does to an invoice on its list, in place of what stood there. `dueAt` in sandbox seconds. */
export function remindOf(
  world: World,
  kind: 'finalize_invoice' | 'collect_invoice' | 'invoice_due',
  invoiceId: string,
  dueAt: number,
): void {
  const id = `${kind} ${invoiceId}`
  world.store.put('chores', id, { id, kind, target: invoiceId, dueAt })
}

/** The payment that Stripe opens with an invoice; null when nothing was due, or it is over. */
export function openPaymentOf(world: World, invoiceId: string): Stripe.InvoicePayment | null {
  const payments = world.store.oldestFirst('invoicePayments')
  return payments.find(({ invoice, status }) => invoice === invoiceId && status === 'open') ?? null
}

/** The intent of an invoice's open payment. */
export function openIntentOf(world: World, invoiceId: string): Stripe.PaymentIntent | null {
  const payment = openPaymentOf(world, invoiceId)
  return payment ? world.store.get('paymentIntents', payment.payment.payment_intent as string)! : null
}
