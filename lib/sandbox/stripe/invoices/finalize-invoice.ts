import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { refuse } from '../http/errors'
import { livingCustomer } from '../resources/find-customer'
import { createPaymentIntent } from '../resources/payment-intents'
import { newId } from '../state/ids'
import type { Cause, World } from '../state/world'
import { priceDraft } from './invoice-lines'
import { endAsPaid, forgetDates, moveInvoice, remindOf } from './move-invoice'

const smallestDueCents = 50
const hourSeconds = 3_600
const daySeconds = 86_400

/**
 * Makes a draft an invoice: it gets its number, its pages, its due date and the payment it waits for. Nothing due: it is
 * paid at once. Throws 400 when Stripe cannot finalize it.
 */
export function finalizeInvoice(
  world: World,
  cause: Cause,
  draft: Stripe.Invoice,
  autoAdvance: boolean = draft.auto_advance ?? false,
): Stripe.Invoice {
  if (draft.status !== 'draft') {
    throw refuse("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: 'invoice_not_editable',
    })
  }
  livingCustomer(world, draft.customer as string, 'customer')
  const priced = priceDraft(world, draft)
  const problem = taxProblem(priced)
  if (problem) throw refuse(problem, { code: 'customer_tax_location_invalid' })

  forgetDates(world, draft.id)
  const open = moveInvoice(
    world,
    cause,
    draft,
    { ...priced, ...settleBalance(world, cause, priced), ...identify(world, draft), auto_advance: autoAdvance },
    ['invoice.finalized'],
  )
  if (open.amount_due === 0) return endAsPaid(world, cause, open, { attempted: true })
  openPayment(world, cause, open)
  if (open.due_date !== null) remindOf(world, 'invoice_due', open.id, open.due_date)
  if (!autoAdvance) return open
  if (open.collection_method === 'send_invoice') {
    emitEvent(world, cause, 'invoice.sent', open)
    return open
  }
  const next = world.clock.now() + hourSeconds
  remindOf(world, 'collect_invoice', open.id, next)
  return world.store.put('invoices', open.id, { ...open, next_payment_attempt: next })
}

/** Why Stripe could not finalize a draft, in its words; null when it can. */
export function taxProblem(priced: Stripe.Invoice): string | null {
  if (priced.automatic_tax.status !== 'requires_location_inputs') return null
  return "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax."
}

/** Number, pages and dates. */
function identify(world: World, draft: Stripe.Invoice): Partial<Stripe.Invoice> {
  const now = world.clock.now()
  const customer = world.store.get('customers', draft.customer as string) as Stripe.Customer
  const sequence = customer.next_invoice_sequence ?? 1
  world.store.put('customers', customer.id, { ...customer, next_invoice_sequence: sequence + 1 })
  const token = newId.receipt()
  world.store.put('invoicePages', token, { invoiceId: draft.id, sessionId: null })
  const { daysUntilDue } = world.store.get('invoicePlans', draft.id)!
  return {
    automatically_finalizes_at: null,
    due_date: daysUntilDue === null ? draft.due_date : now + daysUntilDue * daySeconds,
    effective_at: now,
    hosted_invoice_url: `${world.publicUrl}/invoices/${token}`,
    invoice_pdf: `${world.publicUrl}/invoices/${token}/pdf`,
    next_payment_attempt: null,
    number: `${customer.invoice_prefix}-${String(sequence).padStart(4, '0')}`,
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: now },
  }
}

/** What the customer's balance takes off or adds. Too little to charge is not asked for: it waits in the balance. */
function settleBalance(world: World, cause: Cause, priced: Stripe.Invoice): Partial<Stripe.Invoice> {
  const before = world.store.get('customers', priced.customer as string) as Stripe.Customer
  const owed = priced.total + before.balance
  const due = owed < smallestDueCents ? 0 : owed
  const ending = owed - due
  if (ending !== before.balance) {
    const customer = world.store.put('customers', before.id, { ...before, balance: ending })
    emitEvent(world, cause, 'customer.updated', customer, before)
  }
  return { amount_due: due, amount_remaining: due, ending_balance: ending, starting_balance: before.balance }
}

function openPayment(world: World, cause: Cause, invoice: Stripe.Invoice): void {
  const types = invoice.payment_settings.payment_method_types ?? ['card']
  const intent = createPaymentIntent(world, cause, {
    allowed_payment_method_types: types as Stripe.PaymentIntentCreateParams.AllowedPaymentMethodType[],
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer as string,
    description: 'Payment for Invoice',
  })
  world.store.put('invoiceOfIntent', intent.id, invoice.id)
  const id = newId.invoicePayment()
  world.store.put('invoicePayments', id, {
    id,
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: world.clock.now(),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  })
}
