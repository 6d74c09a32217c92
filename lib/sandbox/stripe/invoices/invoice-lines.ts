import type Stripe from 'stripe'
import { sessionInvoiceLines } from '../checkout/build-invoice'
import { roundedQuotient } from '../checkout/price-lines'
import { taxFor } from '../checkout/tax-rates'
import type { SessionTax } from '../state/collections'
import type { World } from '../state/world'
import { customerDetails, describeTax, listOfLines } from './blank-invoice'

/** Every line of an invoice; the invoice itself carries the first ten. */
export function invoiceLines(world: World, invoice: Stripe.Invoice): Stripe.InvoiceLineItem[] {
  if (!invoice.lines.has_more) return invoice.lines.data
  const more = itemsOf(world, invoice.id).slice(10)
  if (more.length) return [...invoice.lines.data, ...more.map((item) => buildLine(item, taxOn(invoice)))]
  const page = world.store.oldestFirst('invoicePages').find(({ invoiceId }) => invoiceId === invoice.id)!
  return sessionInvoiceLines(world, invoice, page.sessionId!)
}

/** The items on an invoice, in the order of its lines. */
export function itemsOf(world: World, invoiceId: string): Stripe.InvoiceItem[] {
  const { itemIds } = world.store.get('invoicePlans', invoiceId) ?? { itemIds: [] }
  return itemIds.map((id) => world.store.get('invoiceItems', id)!)
}

/** A draft with its lines, its customer's details and what they come to, all as they are now. Amounts in cents. */
export function priceDraft(world: World, draft: Stripe.Invoice): Stripe.Invoice {
  const customer = world.store.get('customers', draft.customer as string) as Stripe.Customer
  const withCustomer = { ...draft, ...customerDetails(customer) }
  const tax = taxOn(withCustomer)
  const lines = itemsOf(world, draft.id).map((item) => buildLine(item, tax))
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0)
  const taxed = lines.reduce((sum, { taxes }) => sum + (taxes?.[0]?.amount ?? 0), 0)
  const total = subtotal + taxed
  const due = Math.max(0, total + customer.balance)
  return {
    ...withCustomer,
    amount_due: due,
    amount_remaining: due,
    automatic_tax: draft.automatic_tax.enabled
      ? { ...draft.automatic_tax, status: tax ? 'complete' : 'requires_location_inputs' }
      : draft.automatic_tax,
    lines: listOfLines(draft.id, lines),
    starting_balance: customer.balance,
    subtotal,
    subtotal_excluding_tax: subtotal,
    total,
    total_excluding_tax: subtotal,
    total_taxes: tax ? [describeTax(tax, taxed, subtotal)] : [],
  }
}

/** The tax of the place where the customer is; none without automatic tax, or while the place is not known. */
function taxOn(invoice: Stripe.Invoice): SessionTax | null {
  const place = invoice.customer_address
  if (!invoice.automatic_tax.enabled || !place?.country) return null
  return taxFor({
    country: place.country,
    state: place.state,
    taxIdType: null,
    customerExemption: (invoice.customer_tax_exempt ?? 'none') as 'exempt' | 'none' | 'reverse',
  })
}

/** The id follows from the item it is of, so that a line read twice is the same line. */
function buildLine(item: Stripe.InvoiceItem, tax: SessionTax | null): Stripe.InvoiceLineItem {
  const taxed = tax ? roundedQuotient(item.amount * tax.ratePer100000, 100_000) : 0
  return {
    id: item.id.replace(/^ii_/, 'il_'),
    object: 'line_item',
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discount_amounts: [],
    discountable: item.discountable,
    discounts: [],
    invoice: item.invoice as string,
    livemode: false,
    metadata: item.metadata ?? {},
    parent: {
      invoice_item_details: {
        invoice_item: item.id,
        proration: false,
        proration_details: null,
        subscription: null,
      },
      subscription_item_details: null,
      type: 'invoice_item_details',
    },
    period: item.period,
    pretax_credit_amounts: [],
    pricing: item.pricing,
    quantity: item.quantity,
    quantity_decimal: item.quantity_decimal,
    subscription: null,
    subtotal: item.amount,
    taxes: tax ? [describeTax(tax, taxed, item.amount)] : [],
  }
}
