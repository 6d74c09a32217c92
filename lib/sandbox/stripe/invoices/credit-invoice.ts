import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { invalidParameter, refuse } from '../http/errors'
import { formatAmount } from '../pages/format'
import { newId } from '../state/ids'
import type { Cause, World } from '../state/world'
import { cancelPayment } from './close-invoice'
import { endAsPaid, moveInvoice, openIntentOf, openPaymentOf } from './move-invoice'

export interface CreditRequest {
  /** Cents. */
  amount: number
  reason: Stripe.CreditNote.Reason | null
  memo: string | null
  metadata: Stripe.Metadata
}

/**
 * Takes an amount off what an invoice still asks for. Nothing left to ask for: the invoice is paid, with nothing paid.
 * Throws 400 when the invoice does not ask for as much.
 */
export function creditInvoice(
  world: World,
  cause: Cause,
  invoice: Stripe.Invoice,
  request: CreditRequest,
): Stripe.CreditNote {
  const { amount } = request
  if (invoice.status === 'draft' || invoice.status === 'void') {
    throw refuse(`You can't create a credit note for an invoice with the status ${invoice.status}.`, {
      param: 'invoice',
    })
  }
  if (amount < 1) {
    throw invalidParameter('This value must be greater than or equal to 1.', 'amount', 'parameter_invalid_integer')
  }
  if (amount > invoice.amount_remaining) {
    const left = formatAmount(invoice.amount_remaining, invoice.currency)
    throw refuse(
      `The credit note's amount (${formatAmount(amount, invoice.currency)}) is greater than the amount remaining on the invoice (${left}). The sum of refunds, customer balance credits and outside of Stripe credits must equal what goes beyond it.`,
      { param: 'amount' },
    )
  }
  refuseWhileProcessing(world, invoice)
  const note = buildNote(world, invoice, request)
  world.store.put('creditNotes', note.id, note)
  world.store.put('creditNotePages', note.pdf.split('/').at(-2)!, note.id)
  emitEvent(world, cause, 'credit_note.created', note)
  askForLess(world, cause, invoice, amount)
  return note
}

/**
 * Credits part of what was paid for an invoice: `refund`, which was just made of its payment, returns the money. What the invoice asks
 * for stays as it is.
 */
export function creditPaidInvoice(
  world: World,
  cause: Cause,
  invoice: Stripe.Invoice,
  request: CreditRequest,
  refund: Stripe.Refund,
): Stripe.CreditNote {
  const { amount } = request
  const note: Stripe.CreditNote = {
    ...buildNote(world, invoice, request),
    post_payment_amount: amount,
    pre_payment_amount: 0,
    refunds: [{ amount_refunded: amount, payment_record_refund: null, refund: refund.id, type: 'refund' }],
    type: 'post_payment',
  }
  world.store.put('creditNotes', note.id, note)
  world.store.put('creditNotePages', note.pdf.split('/').at(-2)!, note.id)
  emitEvent(world, cause, 'credit_note.created', note)
  const post_payment_credit_notes_amount = invoice.post_payment_credit_notes_amount + amount
  moveInvoice(world, cause, invoice, { post_payment_credit_notes_amount })
  return note
}

/** Takes a credit note back: the invoice asks for its amount again. Only while the invoice is open. */
export function voidCreditNote(world: World, cause: Cause, note: Stripe.CreditNote): Stripe.CreditNote {
  const invoice = world.store.get('invoices', note.invoice as string)!
  if (note.status === 'void') throw refuse('This credit note has already been voided.')
  if (invoice.status !== 'open') throw refuse('You can only void credit notes that are issued for an open invoice.')
  refuseWhileProcessing(world, invoice)
  const voided = world.store.put('creditNotes', note.id, { ...note, status: 'void', voided_at: world.clock.now() })
  emitEvent(world, cause, 'credit_note.voided', voided)
  askForLess(world, cause, invoice, -note.amount)
  return voided
}

function refuseWhileProcessing(world: World, invoice: Stripe.Invoice): void {
  if (openIntentOf(world, invoice.id)?.status !== 'processing') return
  throw refuse('The amount of an invoice cannot change while a payment on it is still pending.')
}

/** The payment asks for what the invoice asks for; a page open at the bank asks about the old amount and is closed. */
function askForLess(world: World, cause: Cause, invoice: Stripe.Invoice, amount: number): void {
  const changes = {
    amount_due: invoice.amount_due - amount,
    amount_remaining: invoice.amount_remaining - amount,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + amount,
  }
  if (changes.amount_remaining === 0) {
    cancelPayment(world, cause, invoice.id, 'automatic')
    endAsPaid(world, cause, invoice, changes, ['invoice.paid'])
    return
  }
  const payment = openPaymentOf(world, invoice.id)!
  const intent = openIntentOf(world, invoice.id)!
  const isAsking = intent.status === 'requires_action'
  world.store.put('invoicePayments', payment.id, { ...payment, amount_requested: changes.amount_remaining })
  world.store.put('paymentIntents', intent.id, {
    ...intent,
    amount: changes.amount_remaining,
    ...(isAsking ? { status: 'requires_payment_method', next_action: null, payment_method: null } : {}),
  })
  moveInvoice(world, cause, invoice, changes)
}

function buildNote(world: World, invoice: Stripe.Invoice, request: CreditRequest): Stripe.CreditNote {
  const { amount, reason, memo, metadata } = request
  const id = newId.creditNote()
  const now = world.clock.now()
  const earlier = world.store.oldestFirst('creditNotes').filter((note) => note.invoice === invoice.id).length
  return {
    id,
    object: 'credit_note',
    amount,
    amount_shipping: 0,
    created: now,
    currency: invoice.currency,
    customer: invoice.customer as string,
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: now,
    invoice: invoice.id,
    lines: {
      object: 'list',
      data: [buildLine(amount)],
      has_more: false,
      url: `/v1/credit_notes/${id}/lines`,
    },
    livemode: false,
    memo,
    metadata,
    number: `${invoice.number}-CN-${String(earlier + 1).padStart(2, '0')}`,
    out_of_band_amount: null,
    pdf: `${world.publicUrl}/credit_notes/${newId.receipt()}/pdf`,
    post_payment_amount: 0,
    pre_payment_amount: amount,
    pretax_credit_amounts: [],
    reason,
    refunds: [],
    shipping_cost: null,
    status: 'issued',
    subtotal: amount,
    subtotal_excluding_tax: amount,
    total: amount,
    total_excluding_tax: amount,
    total_taxes: [],
    type: 'pre_payment',
    voided_at: null,
  }
}

function buildLine(amount: number): Stripe.CreditNoteLineItem {
  return {
    id: newId.creditNoteLine(),
    object: 'credit_note_line_item',
    amount,
    description: 'Credit',
    discount_amount: 0,
    discount_amounts: [],
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    quantity: 1,
    tax_rates: [],
    taxes: [],
    type: 'custom_line_item',
    unit_amount: amount,
    unit_amount_decimal: String(amount) as unknown as Stripe.Decimal,
  }
}
