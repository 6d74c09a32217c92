import type Stripe from 'stripe'
import { blankInvoice, describeTax, listOfLines } from '../invoices/blank-invoice'
import type { SessionTax } from '../state/collections'
import { newId } from '../state/ids'
import type { World } from '../state/world'

type Session = Stripe.Checkout.Session

/** A draft invoice over what a session sold, with every attribute Stripe answers. */
export function buildInvoice(world: World, session: Session, customer: Stripe.Customer): Stripe.Invoice {
  const { lineItems, tax = null } = world.store.get('sessionPlans', session.id)!
  const blank = blankInvoice(world, customer)
  const { id, created: now } = blank
  const discountIds = (session.discounts ?? []).map(() => newId.discount())
  const lines = lineItems.map((line) => buildLine(line, id, discountIds, tax, now))
  const { amount_discount: discount, amount_tax: taxed } = session.total_details!
  const subtotal = session.amount_subtotal!
  const total = session.amount_total!
  const { invoice_data: data } = session.invoice_creation!
  const details = session.customer_details!
  return {
    ...blank,
    account_name: session.branding_settings!.display_name,
    amount_due: total,
    amount_remaining: total,
    automatic_tax: { ...session.automatic_tax, disabled_reason: null } as Stripe.Invoice.AutomaticTax,
    currency: session.currency!,
    custom_fields: data.custom_fields,
    customer_address: details.address,
    customer_email: details.email,
    customer_name: details.name,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: details.tax_exempt as Stripe.Invoice.CustomerTaxExempt,
    customer_tax_ids: (details.tax_ids ?? []) as Stripe.Invoice.CustomerTaxId[],
    description: data.description,
    discounts: discountIds,
    footer: data.footer,
    lines: listOfLines(id, lines),
    metadata: data.metadata ?? {},
    subtotal,
    subtotal_excluding_tax: subtotal,
    total,
    total_discount_amounts: discountIds.map((id) => ({ amount: discount, discount: id })),
    total_excluding_tax: total - taxed,
    total_taxes: tax ? [describeTax(tax, taxed, subtotal - discount)] : [],
  }
}

/** Every line of an invoice of this session; the invoice itself carries the first ten. */
export function sessionInvoiceLines(
  world: World,
  invoice: Stripe.Invoice,
  sessionId: string,
): Stripe.InvoiceLineItem[] {
  const { lineItems, tax = null } = world.store.get('sessionPlans', sessionId)!
  const more = lineItems.slice(10)
  const discountIds = invoice.discounts as string[]
  return [...invoice.lines.data, ...more.map((line) => buildLine(line, invoice.id, discountIds, tax, invoice.created))]
}

/** The id follows from the line it is for, so that a line read twice is the same line. */
function buildLine(
  line: Stripe.LineItem,
  invoice: string,
  discountIds: string[],
  tax: SessionTax | null,
  now: number,
): Stripe.InvoiceLineItem {
  const price = line.price!
  const amounts = discountIds.map((discount) => ({ amount: line.amount_discount, discount }))
  return {
    id: line.id.replace(/^li_/, 'il_'),
    object: 'line_item',
    amount: line.amount_subtotal,
    currency: line.currency,
    description: line.description,
    discount_amounts: amounts,
    discountable: true,
    discounts: discountIds,
    invoice,
    livemode: false,
    metadata: line.metadata ?? {},
    parent: {
      invoice_item_details: {
        invoice_item: line.id.replace(/^li_/, 'ii_'),
        proration: false,
        proration_details: null,
        subscription: null,
      },
      subscription_item_details: null,
      type: 'invoice_item_details',
    },
    period: { end: now, start: now },
    pretax_credit_amounts: amounts.map(({ amount, discount }) => ({ amount, discount, type: 'discount' })),
    pricing: {
      price_details: { price: price.id, product: price.product as string },
      type: 'price_details',
      unit_amount_decimal: price.unit_amount_decimal,
    },
    quantity: line.quantity,
    quantity_decimal: String(line.quantity ?? 1) as unknown as Stripe.Decimal,
    subscription: null,
    subtotal: line.amount_subtotal,
    taxes: tax ? [describeTax(tax, line.amount_tax, line.amount_subtotal - line.amount_discount)] : [],
  }
}
