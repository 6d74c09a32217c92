import type Stripe from 'stripe'
import { invoiceLines } from '../checkout/build-invoice'
import type { World } from '../state/world'
import { describeDiscount, describeTax } from './checkout-summary'
import { describeMethod, formatAmount, formatDay } from './format'

type Row = [label: string, value: string]

/** What an invoice says, for its page and its PDF alike. */
export interface InvoiceText {
  merchant: string
  number: string
  total: string
  facts: Row[]
  billTo: string[]
  lines: Row[]
  totals: Row[]
  paid: Row
  notes: string[]
}

/** Puts an invoice in words. `sessionId` is the session it is of. */
export function describeInvoice(world: World, invoice: Stripe.Invoice, sessionId: string): InvoiceText {
  const session = world.store.get('checkoutSessions', sessionId)!
  const tax = world.store.get('sessionPlans', sessionId)?.tax
  const amount = (cents: number) => formatAmount(cents, invoice.currency)
  const paidAt = invoice.status_transitions.paid_at
  const { amount_discount: discount, amount_tax: taxed } = session.total_details!
  return {
    merchant: invoice.account_name ?? 'Sandbox merchant',
    number: invoice.number!,
    total: amount(invoice.total),
    facts: [
      ['Invoice number', invoice.number!],
      ['Date of issue', formatDay(invoice.status_transitions.finalized_at!)],
      ['Payment method', paymentMethod(world, session)],
      ...(invoice.custom_fields ?? []).map(({ name, value }): Row => [name, value]),
    ],
    billTo: billTo(invoice),
    lines: invoiceLines(world, invoice).map((line) => [describeLine(line), amount(line.amount)]),
    totals: [
      ['Subtotal', amount(invoice.subtotal)],
      ...(session.discounts ?? []).map((given): Row => [describeDiscount(world, given), `-${amount(discount)}`]),
      ...(tax ? [[describeTax(tax), amount(taxed)] satisfies Row] : []),
      ['Total', amount(invoice.total)],
    ],
    paid: [paidAt ? `Paid on ${formatDay(paidAt)}` : 'Amount due', amount(invoice.amount_paid)],
    notes: [invoice.description, invoice.footer].filter((note): note is string => Boolean(note)),
  }
}

function paymentMethod(world: World, session: Stripe.Checkout.Session): string {
  const intent = session.payment_intent && world.store.get('paymentIntents', session.payment_intent as string)
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
