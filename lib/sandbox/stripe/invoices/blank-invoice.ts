import type Stripe from 'stripe'
import type { SessionTax } from '../state/collections'
import { newId } from '../state/ids'
import type { World } from '../state/world'

/** A draft without lines for a customer, with every attribute Stripe answers. */
export function blankInvoice(world: World, customer: Stripe.Customer): Stripe.Invoice {
  const id = newId.invoice()
  const now = world.clock.now()
  return {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: null,
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: 'manual',
    collection_method: 'charge_automatically',
    created: now,
    currency: 'usd',
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    ...customerDetails(customer),
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: listOfLines(id, []),
    livemode: false,
    metadata: {},
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
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: now,
  }
}

/** What an invoice says of its customer: as they are until it is finalized, as they were from then on. */
export function customerDetails(customer: Stripe.Customer) {
  return {
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: (customer.shipping ?? null) as Stripe.Invoice.CustomerShipping | null,
    customer_tax_exempt: (customer.tax_exempt ?? 'none') as Stripe.Invoice.CustomerTaxExempt,
  }
}

/** The first ten lines, as an invoice carries them. */
export function listOfLines(invoiceId: string, lines: Stripe.InvoiceLineItem[]): Stripe.Invoice['lines'] {
  return {
    object: 'list',
    data: lines.slice(0, 10),
    has_more: lines.length > 10,
    url: `/v1/invoices/${invoiceId}/lines`,
  }
}

/** A tax as invoices and their lines name it. Amounts in cents. */
export function describeTax(tax: SessionTax, amount: number, taxable: number): Stripe.Invoice.TotalTax {
  return {
    amount,
    tax_behavior: 'exclusive',
    tax_rate_details: { tax_rate: `txr_1${tax.place.replace('-', '')}${tax.ratePer100000}` },
    taxability_reason: tax.reason,
    taxable_amount: taxable,
    type: 'tax_rate_details',
  }
}
