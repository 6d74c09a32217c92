import type Stripe from 'stripe'
import { refuse, StripeError } from '../http/errors'
import { cardError } from '../payments/card-errors'
import { type ConfirmedPayment, confirmPayment } from '../payments/confirm-payment'
import type { Cause, World } from '../state/world'
import { cancelPayment } from './close-invoice'
import { checkOwnMethod } from './draft-invoice'
import { finalizeInvoice } from './finalize-invoice'
import { endAsPaid, moveInvoice, openIntentOf } from './move-invoice'

/** Pays an invoice as the API does: with what is given, or with what the invoice or its customer pays with. */
export function payInvoice(
  world: World,
  cause: Cause,
  found: Stripe.Invoice,
  params: Stripe.InvoicePayParams,
): Stripe.Invoice {
  refuseUnpayable(world, found)
  const invoice = found.status === 'draft' ? finalizeInvoice(world, cause, found) : found
  if (invoice.status === 'paid') return invoice
  if (params.paid_out_of_band) return payOutside(world, cause, invoice)
  const method = params.payment_method
    ? checkOwnMethod(world, invoice, params.payment_method, 'payment_method')
    : usualMethod(world, invoice)
  if (!method) {
    throw refuse(
      'There is no `default_payment_method` set on this Customer or Invoice. Please provide one with the `payment_method` parameter or set the `default_payment_method` for the Customer or Invoice.',
      { code: 'resource_missing', param: 'payment_method' },
    )
  }
  const isOffSession = params.off_session ?? true
  const result = tryToPay(world, cause, invoice, method, { isOffSession, returnUrl: null })
  if (result.kind === 'failed') throw cardError(result.error, result.intent)
  if (result.kind === 'requires_action') throw needsAction(result.intent)
  return world.store.get('invoices', invoice.id)!
}

/** Charges a card or bank account for what an open invoice asks for; the invoice follows. */
export function tryToPay(
  world: World,
  cause: Cause,
  invoice: Stripe.Invoice,
  method: Stripe.PaymentMethod,
  { isOffSession, returnUrl }: { isOffSession: boolean; returnUrl: string | null },
): ConfirmedPayment {
  return confirmPayment(world, cause, openIntentOf(world, invoice.id)!, method, {
    isOffSession,
    isAuthenticated: false,
    errorOnRequiresAction: false,
    asksOffSession: true,
    returnUrl,
    sessionId: null,
  })
}

/** The clock's own try. Without anything to pay with, that is what is told. */
export function collectInvoice(world: World, cause: Cause, invoiceId: string): void {
  const invoice = world.store.get('invoices', invoiceId)
  if (invoice?.status !== 'open') return
  const method = usualMethod(world, invoice)
  if (method) return void tryToPay(world, cause, invoice, method, { isOffSession: true, returnUrl: null })
  world.store.remove('chores', `collect_invoice ${invoice.id}`)
  const tried = { attempted: true, attempt_count: Math.max(1, invoice.attempt_count), next_payment_attempt: null }
  moveInvoice(world, cause, invoice, tried, ['invoice.payment_failed'])
}

/** What an invoice is paid with when nobody says: its own payment method, or else its customer's. */
export function usualMethod(world: World, invoice: Stripe.Invoice): Stripe.PaymentMethod | null {
  const customer = world.store.get('customers', invoice.customer as string) as Stripe.Customer | undefined
  const id = invoice.default_payment_method ?? customer?.invoice_settings?.default_payment_method
  const method = id ? world.store.get('paymentMethods', id as string) : undefined
  return method?.customer === invoice.customer ? method : null
}

/** Throws what Stripe answers to paying an invoice that cannot be paid now. */
export function refuseUnpayable(world: World, invoice: Stripe.Invoice): void {
  if (invoice.status === 'paid') throw refuse('Invoice is already paid')
  if (invoice.status === 'void') throw refuse('Voided invoices cannot be paid.')
  if (openIntentOf(world, invoice.id)?.status !== 'processing') return
  throw refuse('This invoice has a payment that is still processing. Wait for the bank before you pay it again.')
}

/** The money came another way: a transfer, a cheque, cash. */
function payOutside(world: World, cause: Cause, invoice: Stripe.Invoice): Stripe.Invoice {
  const amount = invoice.amount_remaining
  cancelPayment(world, cause, invoice.id, 'automatic')
  const changes = { amount_paid: invoice.amount_paid + amount, amount_paid_off_stripe: amount }
  return endAsPaid(world, cause, invoice, changes, ['invoice.paid'])
}

function needsAction(intent: Stripe.PaymentIntent): StripeError {
  return new StripeError(
    402,
    {
      type: 'card_error',
      code: 'invoice_payment_intent_requires_action',
      message:
        'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice.',
      payment_intent: intent,
    },
    { keepsChanges: true },
  )
}
