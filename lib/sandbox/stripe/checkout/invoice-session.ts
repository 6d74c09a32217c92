import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { newId } from '../state/ids'
import { noCause, type World } from '../state/world'
import { buildInvoice } from './build-invoice'

type Session = Stripe.Checkout.Session

/**
 * Writes the invoice of a purchase that has been paid (`intent` null: nothing was due), if the session asks for one, and
 * tells the world. Returns the session with its invoice. Call once, inside a transaction.
 */
export function invoiceSession(world: World, session: Session, intent: Stripe.PaymentIntent | null): Session {
  if (!session.invoice_creation?.enabled) return session
  const customer = world.store.get('customers', session.customer as string) as Stripe.Customer
  const draft = buildInvoice(world, session, customer)
  tell(world, 'invoice.created', draft)

  const now = world.clock.now()
  const token = newId.receipt()
  const sequence = customer.next_invoice_sequence ?? 1
  world.store.put('customers', customer.id, { ...customer, next_invoice_sequence: sequence + 1 })
  world.store.put('invoicePages', token, { invoiceId: draft.id, sessionId: session.id })
  const open: Stripe.Invoice = {
    ...draft,
    effective_at: now,
    ending_balance: 0,
    hosted_invoice_url: `${world.publicUrl}/invoices/${token}`,
    invoice_pdf: `${world.publicUrl}/invoices/${token}/pdf`,
    number: `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`,
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: now },
  }
  tell(world, 'invoice.finalized', open)
  if (intent) payInvoice(world, open, intent)
  const paid: Stripe.Invoice = {
    ...open,
    amount_paid: open.total,
    amount_remaining: 0,
    attempt_count: intent ? 1 : 0,
    attempted: true,
    status: 'paid',
    status_transitions: { ...open.status_transitions, paid_at: now },
  }
  tell(world, 'invoice.paid', paid)
  tell(world, 'invoice.payment_succeeded', paid)
  return world.store.put('checkoutSessions', session.id, { ...session, invoice: paid.id })
}

function tell(world: World, type: string, invoice: Stripe.Invoice): void {
  world.store.put('invoices', invoice.id, invoice)
  emitEvent(world, noCause, type, invoice)
}

function payInvoice(world: World, invoice: Stripe.Invoice, intent: Stripe.PaymentIntent): void {
  const now = world.clock.now()
  const payment: Stripe.InvoicePayment = {
    id: newId.invoicePayment(),
    object: 'invoice_payment',
    amount_paid: intent.amount,
    amount_requested: intent.amount,
    created: now,
    currency: intent.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: now },
  }
  world.store.put('invoicePayments', payment.id, payment)
  emitEvent(world, noCause, 'invoice_payment.paid', payment)
}
