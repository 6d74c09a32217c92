import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import type { Cause, World } from '../state/world'
import { endAsPaid, moveInvoice, openPaymentOf } from './move-invoice'

/**
 * An invoice learns what became of a try to pay it. Call after every move of an intent; does nothing to intents that
 * belong to no invoice.
 */
export function followPayment(world: World, cause: Cause, intent: Stripe.PaymentIntent, isOffSession: boolean): void {
  const invoiceId = world.store.get('invoiceOfIntent', intent.id)
  const invoice = invoiceId ? world.store.get('invoices', invoiceId) : undefined
  if (!invoice) return
  // What was tried once is not tried again by the clock.
  world.store.remove('chores', `collect_invoice ${invoice.id}`)
  const tried = { attempted: true, attempt_count: Math.max(1, invoice.attempt_count), next_payment_attempt: null }
  if (intent.status === 'succeeded') {
    settlePayment(world, cause, invoice.id, intent)
    const amount_paid = invoice.amount_paid + intent.amount_received
    endAsPaid(world, cause, invoice, { ...tried, amount_paid })
  } else if (intent.status === 'requires_action') {
    const failed = isOffSession ? ['invoice.payment_failed'] : []
    moveInvoice(world, cause, invoice, tried, ['invoice.payment_action_required', ...failed])
  } else if (intent.status === 'requires_payment_method') {
    moveInvoice(world, cause, invoice, tried, ['invoice.payment_failed'])
  } else {
    moveInvoice(world, cause, invoice, tried)
  }
}

function settlePayment(world: World, cause: Cause, invoiceId: string, intent: Stripe.PaymentIntent): void {
  const open = openPaymentOf(world, invoiceId)!
  const payment = world.store.put('invoicePayments', open.id, {
    ...open,
    amount_paid: intent.amount_received,
    status: 'paid',
    status_transitions: { ...open.status_transitions, paid_at: world.clock.now() },
  })
  emitEvent(world, cause, 'invoice_payment.paid', payment)
}
