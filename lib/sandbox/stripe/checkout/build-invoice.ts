import type Stripe from 'stripe'
import type { SessionTax } from '../state/collections'
import { newId } from '../state/ids'
import type { World } from '../state/world'

type Session = Stripe.Checkout.Session

/** A draft invoice over what a session sold, with every attribute Stripe answers. */
export function buildInvoice(world: World, session: Session, customer: Stripe.Customer): Stripe.Invoice {
  const { lineItems, tax = null } = world.store.get('sessionPlans', session.id)!
  const id = newId.invoice()
  const now = world.clock.now()
  const discountIds = (session.discounts ?? []).map(() => newId.discount())
  const lines = lineItems.map((line) => buildLine(line, id, discountIds, tax, now))
  const { amount_discount: discount, amount_tax: taxed } = session.total_details!
  const subtotal = session.amount_subtotal!
  const total = session.amount_total!
  const { invoice_data: data } = session.invoice_creation!
  const details = session.customer_details!
  return {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: session.branding_settings!.display_name,
    account_tax_ids: null,
    amount_due: total,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: total,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatic_tax: { ...session.automatic_tax, disabled_reason: null } as Stripe.Invoice.AutomaticTax,
    automatically_finalizes_at: null,
    billing_reason: 'manual',
    collection_method: 'charge_automatically',
    created: now,
    currency: session.currency!,
    custom_fields: data.custom_fields,
    customer: customer.id,
    customer_account: null,
    customer_address: details.address,
    customer_email: details.email,
    customer_name: details.name,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: details.tax_exempt as Stripe.Invoice.CustomerTaxExempt,
    customer_tax_ids: (details.tax_ids ?? []) as Stripe.Invoice.CustomerTaxId[],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: data.description,
    discounts: discountIds,
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: data.footer,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: {
      object: 'list',
      data: lines.slice(0, 10),
      has_more: lines.length > 10,
      url: `/v1/invoices/${id}/lines`,
    },
    livemode: false,
    metadata: data.metadata ?? {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: now,
    period_start: now,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal,
    subtotal_excluding_tax: subtotal,
    test_clock: null,
    total,
    total_discount_amounts: discountIds.map((id) => ({ amount: discount, discount: id })),
    total_excluding_tax: total - taxed,
    total_pretax_credit_amounts: [],
    total_taxes: tax ? [describeTax(tax, taxed, subtotal - discount)] : [],
    webhooks_delivered_at: now,
  }
}

/** Every line of an invoice; the invoice itself carries the first ten. */
export function invoiceLines(world: World, invoice: Stripe.Invoice): Stripe.InvoiceLineItem[] {
  if (!invoice.lines.has_more) return invoice.lines.data
  const page = [...world.store.oldestFirst('invoicePages')].find(({ invoiceId }) => invoiceId === invoice.id)!
  const { lineItems, tax = null } = world.store.get('sessionPlans', page.sessionId)!
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

function describeTax(tax: SessionTax, amount: number, taxable: number): Stripe.Invoice.TotalTax {
  return {
    amount,
    tax_behavior: 'exclusive',
    tax_rate_details: { tax_rate: `txr_1${tax.place.replace('-', '')}${tax.ratePer100000}` },
    taxability_reason: tax.reason,
    taxable_amount: taxable,
    type: 'tax_rate_details',
  }
}
