import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { refuse } from '../http/errors'
import { cancelPaymentIntent } from '../resources/payment-intents'
import type { Cause, World } from '../state/world'
import { forgetDates, moveInvoice, openIntentOf, openPaymentOf } from './move-invoice'

/** Ends an invoice that should never have been: nobody owes it, and what the balance took is given back. */
export function voidInvoice(world: World, cause: Cause, invoice: Stripe.Invoice): Stripe.Invoice {
  if (invoice.status === 'paid') throw refuse('Invoices with `paid` payments cannot be voided.')
  if (!['open', 'uncollectible'].includes(invoice.status!)) throw notOpen()
  if (openIntentOf(world, invoice.id)?.status === 'processing') {
    throw refuse(
      'Invoices cannot be voided while a payment on it is still pending. Wait for the payment to clear, then try again.',
    )
  }
  cancelPayment(world, cause, invoice.id, 'void_invoice')
  forgetDates(world, invoice.id)
  returnBalance(world, cause, invoice)
  const status_transitions = { ...invoice.status_transitions, voided_at: world.clock.now() }
  const changes = { auto_advance: false, next_payment_attempt: null, status: 'void' as const, status_transitions }
  return moveInvoice(world, cause, invoice, changes, ['invoice.voided'])
}

/** Gives up asking; the invoice can still be paid or voided. */
export function markUncollectible(world: World, cause: Cause, invoice: Stripe.Invoice): Stripe.Invoice {
  if (invoice.status === 'uncollectible') throw refuse('This invoice has already been marked uncollectible.')
  if (invoice.status !== 'open') throw notOpen()
  forgetDates(world, invoice.id)
  const status_transitions = { ...invoice.status_transitions, marked_uncollectible_at: world.clock.now() }
  const changes = {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'uncollectible' as const,
    status_transitions,
  }
  return moveInvoice(world, cause, invoice, changes, ['invoice.marked_uncollectible'])
}

/** Nobody pays through the invoice's own payment any more. */
export function cancelPayment(
  world: World,
  cause: Cause,
  invoiceId: string,
  reason: Stripe.PaymentIntent.CancellationReason,
): void {
  const payment = openPaymentOf(world, invoiceId)
  if (!payment) return
  cancelPaymentIntent(world, cause, openIntentOf(world, invoiceId)!, reason)
  world.store.put('invoicePayments', payment.id, {
    ...payment,
    status: 'canceled',
    status_transitions: { ...payment.status_transitions, canceled_at: world.clock.now() },
  })
}

function returnBalance(world: World, cause: Cause, { customer: id, starting_balance, ending_balance }: Stripe.Invoice) {
  const before = world.store.get('customers', id as string) as Stripe.Customer
  const taken = (ending_balance ?? 0) - starting_balance
  if (before.deleted || taken === 0) return
  const customer = world.store.put('customers', before.id, { ...before, balance: before.balance - taken })
  emitEvent(world, cause, 'customer.updated', customer, before)
}

const notOpen = () => refuse("You can only pass in open invoices. This invoice isn't open.")
