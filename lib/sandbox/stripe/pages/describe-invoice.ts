import type Stripe from 'stripe'
import { invoiceLines } from '../invoices/invoice-lines'
import type { World } from '../state/world'
import { describeDiscount, describeTax } from './checkout-summary'
import { describeMethod, formatAmount, formatDay } from './format'

type Row = [label: string, value: string]

/** What an invoice says, for its page and its PDF alike. */
export interface InvoiceText {
  merchant: string
  number: string
  total: string
  /** The amount that matters now and what is with it: `$50.00 paid`. */
  headline: string
  facts: Row[]
  billTo: string[]
  lines: Row[]
  totals: Row[]
  /** What was paid, or what is due. */
  paid: Row
  notes: string[]
}

/** Puts an invoice in words. `sessionId` is the session it is of, where it is of one. */
export function describeInvoice(world: World, invoice: Stripe.Invoice, sessionId: string | null): InvoiceText {
  const amount = (cents: number) => formatAmount(cents, invoice.currency)
  const { finalized_at: issuedAt } = invoice.status_transitions
  return {
    merchant: invoice.account_name ?? 'Sandbox merchant',
    number: invoice.number!,
    total: amount(invoice.total),
    headline: headline(invoice),
    facts: [
      ['Invoice number', invoice.number!],
      ['Date of issue', formatDay(issuedAt!)],
      ...(invoice.due_date ? [['Date due', formatDay(invoice.due_date)] satisfies Row] : []),
      ...(invoice.status === 'paid' ? [['Payment method', paymentMethod(world, invoice)] satisfies Row] : []),
      ...(invoice.custom_fields ?? []).map(({ name, value }): Row => [name, value]),
    ],
    billTo: billTo(invoice),
    lines: invoiceLines(world, invoice).map((line) => [describeLine(line), amount(line.amount)]),
    totals: [
      ['Subtotal', amount(invoice.subtotal)],
      ...priceRows(world, invoice, sessionId),
      ['Total', amount(invoice.total)],
      ...afterTotal(world, invoice),
    ],
    paid: paidRow(invoice),
    notes: [invoice.description, invoice.footer].filter((note): note is string => Boolean(note)),
  }
}

/** Puts a credit note in the same words. */
export function describeCreditNote(world: World, note: Stripe.CreditNote): InvoiceText {
  const invoice = world.store.get('invoices', note.invoice as string)!
  const amount = formatAmount(note.amount, note.currency)
  const voided = note.voided_at === null ? null : `Voided on ${formatDay(note.voided_at)}`
  return {
    merchant: invoice.account_name ?? 'Sandbox merchant',
    number: note.number,
    total: amount,
    headline: `${amount} credited`,
    facts: [
      ['Credit note number', note.number],
      ['Date of issue', formatDay(note.created)],
      ['Credited invoice', invoice.number!],
      ...(note.reason ? [['Reason', note.reason.replaceAll('_', ' ')] satisfies Row] : []),
    ],
    billTo: billTo(invoice),
    lines: note.lines.data.map(({ description }): Row => [description ?? 'Credit', amount]),
    totals: [['Total', amount]],
    paid: ['Taken off the amount due', amount],
    notes: [note.memo, voided].filter((text): text is string => Boolean(text)),
  }
}

function headline(invoice: Stripe.Invoice): string {
  const amount = (cents: number) => formatAmount(cents, invoice.currency)
  if (invoice.status === 'void') return `${amount(invoice.total)} voided`
  if (invoice.status === 'paid') return `${amount(invoice.amount_paid)} paid`
  return `${amount(invoice.amount_remaining)} due`
}

function paidRow(invoice: Stripe.Invoice): Row {
  const amount = (cents: number) => formatAmount(cents, invoice.currency)
  const { paid_at: paidAt } = invoice.status_transitions
  if (paidAt) return [`Paid on ${formatDay(paidAt)}`, amount(invoice.amount_paid)]
  return ['Amount due', amount(invoice.status === 'void' ? 0 : invoice.amount_remaining)]
}

/** Discount and tax. */
function priceRows(world: World, invoice: Stripe.Invoice, sessionId: string | null): Row[] {
  const amount = (cents: number) => formatAmount(cents, invoice.currency)
  if (!sessionId) {
    return (invoice.total_taxes ?? []).map(({ amount: cents }): Row => ['Tax', amount(cents)])
  }
  const session = world.store.get('checkoutSessions', sessionId)!
  const tax = world.store.get('sessionPlans', sessionId)?.tax
  const { amount_discount: discount, amount_tax: taxed } = session.total_details!
  return [
    ...(session.discounts ?? []).map((given): Row => [describeDiscount(world, given), `-${amount(discount)}`]),
    ...(tax ? [[describeTax(tax), amount(taxed)] satisfies Row] : []),
  ]
}

/** What changes the amount due after the total: the customer's balance and credit notes. */
function afterTotal(world: World, invoice: Stripe.Invoice): Row[] {
  const amount = (cents: number) => formatAmount(cents, invoice.currency)
  const applied = (invoice.ending_balance ?? 0) - invoice.starting_balance
  const notes = world.store.oldestFirst('creditNotes').filter((note) => note.invoice === invoice.id)
  return [
    ...(applied ? [['Applied to your balance', amount(-applied)] satisfies Row] : []),
    ...notes
      .filter((note) => note.status === 'issued')
      .map((note): Row => [`Credit note ${note.number}`, amount(-note.amount)]),
  ]
}

function paymentMethod(world: World, invoice: Stripe.Invoice): string {
  if (invoice.amount_paid_off_stripe) return 'Paid another way'
  const payments = world.store.oldestFirst('invoicePayments')
  const payment = payments.find(({ invoice: id, status }) => id === invoice.id && status === 'paid')
  const intent = payment && world.store.get('paymentIntents', payment.payment.payment_intent as string)
  const charge = intent && world.store.get('charges', intent.latest_charge as string)
  return charge ? describeMethod(charge.payment_method_details) : 'Nothing was due'
}

function describeLine({ description, quantity }: Stripe.InvoiceLineItem): string {
  return `${description ?? 'Item'}${(quantity ?? 1) > 1 ? ` × ${quantity}` : ''}`
}

function billTo(invoice: Stripe.Invoice): string[] {
  const { customer_address: address, customer_tax_ids: taxIds } = invoice
  const town = [address?.postal_code, address?.city, address?.state].filter(Boolean).join(' ')
  const parts = [invoice.customer_name, invoice.customer_email, address?.line1, address?.line2, town, address?.country]
  const ids = (taxIds ?? []).map(({ type, value }) => `${type}: ${value}`)
  return [...parts, ...ids].filter((part): part is string => Boolean(part))
}
