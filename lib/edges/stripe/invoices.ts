/** Invoices for usage: made as drafts with their lines, finalized, followed, and credited. */
import type Stripe from 'stripe'
import { Refusal } from '@/lib/core/errors'
import { cents, type Money } from '@/lib/core/money'
import { stripe } from './client'
import { dateOf, idOf } from './facts'
import { type ListingWindow, pagesOf } from './listing'
import { readPayment } from './payments'
import { ask, checkId, expectObject, isMissing, problemOf, RefusedByStripe } from './problems'

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'void' | 'uncollectible'

export interface StripeInvoiceFacts {
  stripeInvoiceId: string
  /** Stripe's word; new ones may appear. */
  status: InvoiceStatus | (string & {})
  collection: 'send_invoice' | 'charge_automatically' | (string & {})
  number: string | null
  hostedUrl: string | null
  pdfUrl: string | null
  /** What it asked for at first, tax included, and without tax. */
  total: Money
  beforeTax: Money
  /** Taken off by credit notes while it was open, tax included. */
  credited: Money
  /** What came in, and what of it came in outside of Stripe. */
  paid: Money
  paidOutside: Money
  remaining: Money
  /** Whether a payment was tried. */
  isTried: boolean
  customerId: string | null
  livemode: boolean
  metadata: Record<string, string>
  createdAt: Date
  finalizedAt: Date | null
  dueAt: Date | null
  paidAt: Date | null
  closedAt: Date | null
}

/** made: it is there now. customer_missing: deleted at Stripe. refused: nothing happened, and the same call never succeeds. */
export type MadeInvoice =
  | { kind: 'made'; invoice: StripeInvoiceFacts }
  | { kind: 'customer_missing' }
  | { kind: 'refused'; code: string; message: string }

/**
 * Makes an invoice without lines, as a draft that Stripe leaves alone. The same `idempotencyKey` with the same order gives the same
 * one. @throws Refusal `payment_provider_unavailable`: it may have been made; ask again with the same key.
 */
export async function createDraftInvoice(order: {
  idempotencyKey: string
  customerId: string
  currency: string
  collection: 'send_invoice' | 'charge_automatically'
  /** Of send_invoice alone. */
  daysUntilDue: number
  description: string
  customFields: { name: string; value: string }[]
  hasTax: boolean
  metadata: Record<string, string>
}): Promise<MadeInvoice> {
  const params: Stripe.InvoiceCreateParams = {
    customer: checkId(order.customerId, 'cus'),
    currency: order.currency,
    collection_method: order.collection,
    ...(order.collection === 'send_invoice' && { days_until_due: order.daysUntilDue }),
    auto_advance: false,
    // Of other programs there may be items that wait for an invoice: they are not ours to send.
    pending_invoice_items_behavior: 'exclude',
    description: order.description,
    ...(order.customFields.length > 0 && { custom_fields: order.customFields }),
    ...(order.hasTax && { automatic_tax: { enabled: true } }),
    metadata: order.metadata,
  }
  try {
    const { idempotencyKey } = order
    const invoice = await ask('invoice', (client) => client.invoices.create(params, { idempotencyKey }))
    return { kind: 'made', invoice: invoiceFactsOf(invoice) }
  } catch (error) {
    if (isMissing(error, 'customer')) return { kind: 'customer_missing' }
    if (error instanceof RefusedByStripe) return { kind: 'refused', code: error.code, message: error.message }
    throw error
  }
}

/** Adds a line to a draft, once under its key. Whole cents, below zero too. @throws Refusal `payment_provider_unavailable`, RefusedByStripe */
export async function addInvoiceLine(order: {
  idempotencyKey: string
  customerId: string
  stripeInvoiceId: string
  amountCents: bigint
  currency: string
  description: string
  period: { startsAt: Date; endsAt: Date }
  metadata: Record<string, string>
}): Promise<void> {
  const seconds = (instant: Date) => Math.floor(instant.getTime() / 1000)
  await ask('invoiceitem', (client) =>
    client.invoiceItems.create(
      {
        customer: checkId(order.customerId, 'cus'),
        invoice: checkId(order.stripeInvoiceId, 'in'),
        amount: Number(order.amountCents),
        currency: order.currency,
        description: order.description,
        period: { start: seconds(order.period.startsAt), end: seconds(order.period.endsAt) },
        metadata: order.metadata,
      },
      { idempotencyKey: order.idempotencyKey },
    ),
  )
}

/** The metadata of the lines that a draft has already. @throws Refusal `payment_provider_unavailable` */
export async function readLinesOfDraft(stripeInvoiceId: string): Promise<Record<string, string>[]> {
  const found: Record<string, string>[] = []
  for (let after: string | undefined; ; ) {
    const page = await ask('list', (client) =>
      client.invoiceItems.list({
        invoice: checkId(stripeInvoiceId, 'in'),
        limit: 100,
        ...(after && { starting_after: after }),
      }),
    )
    found.push(...page.data.map(({ metadata }) => metadata ?? {}))
    after = page.data.at(-1)?.id
    if (!page.has_more || !after) return found
  }
}

/**
 * Makes a draft an invoice that is to be paid; with `isMailed`, Stripe mails it. What was finalized before stays as it is. Where Stripe
 * knows no place of the customer to work tax out for, the invoice goes out without tax, as those of Stripe's subscriptions do.
 * @throws Refusal `payment_provider_unavailable`, RefusedByStripe when Stripe cannot finalize it
 */
export async function finalizeInvoice(order: {
  idempotencyKey: string
  stripeInvoiceId: string
  isMailed: boolean
}): Promise<{ isUntaxed: boolean }> {
  const id = checkId(order.stripeInvoiceId, 'in')
  const finalize = (idempotencyKey: string) =>
    ask('invoice', (client) =>
      client.invoices.finalizeInvoice(id, { auto_advance: order.isMailed }, { idempotencyKey }),
    )
  try {
    await finalize(order.idempotencyKey)
    return { isUntaxed: false }
  } catch (error) {
    if (!(error instanceof RefusedByStripe) || error.code !== 'customer_tax_location_invalid') throw error
  }
  const idempotencyKey = `${order.idempotencyKey}:without-tax`
  await ask('invoice', (client) =>
    client.invoices.update(id, { automatic_tax: { enabled: false } }, { idempotencyKey: `${idempotencyKey}:update` }),
  )
  await finalize(idempotencyKey)
  return { isUntaxed: true }
}

/** Charges a saved card for an open invoice. What came of it is read from the invoice. @throws Refusal `payment_provider_unavailable` */
export async function payInvoice(order: {
  idempotencyKey: string
  stripeInvoiceId: string
  stripePaymentMethodId: string
}): Promise<void> {
  const id = checkId(order.stripeInvoiceId, 'in')
  const params = { payment_method: checkId(order.stripePaymentMethodId, 'pm'), off_session: true }
  try {
    await ask('invoice', (client) => client.invoices.pay(id, params, { idempotencyKey: order.idempotencyKey }))
  } catch (error) {
    if (!(error instanceof RefusedByStripe)) throw error // declined, paid before, void: the invoice says it
  }
}

/** An invoice as it is now; null when there is none: a draft that was deleted. @throws Refusal `payment_provider_unavailable` */
export async function readInvoice(stripeInvoiceId: string): Promise<StripeInvoiceFacts | null> {
  try {
    const id = checkId(stripeInvoiceId, 'in')
    return invoiceFactsOf(await ask('invoice', (client) => client.invoices.retrieve(id)))
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** The customer's invoice that carries this mark in its metadata, or null. @throws Refusal `payment_provider_unavailable` */
export async function findInvoiceByMark(
  customerId: string,
  [name, value]: [name: string, value: string],
): Promise<StripeInvoiceFacts | null> {
  for (let after: string | undefined; ; ) {
    const page = await ask('list', (client) =>
      client.invoices.list({
        customer: checkId(customerId, 'cus'),
        limit: 100,
        ...(after && { starting_after: after }),
      }),
    ).catch((error) => {
      if (error instanceof RefusedByStripe) return null // the customer is gone, and the filter with it
      throw error
    })
    const found = page?.data.find(({ metadata }) => metadata?.[name] === value)
    if (found) return invoiceFactsOf(found)
    after = page?.data.at(-1)?.id
    if (!page?.has_more || !after) return null
  }
}

/** The invoice that a payment is of; null: it is of none. @throws Refusal `payment_provider_unavailable` */
export async function invoiceOfPayment(paymentIntentId: string): Promise<string | null> {
  const payment = { type: 'payment_intent', payment_intent: checkId(paymentIntentId, 'pi') } as const
  const page = await ask('list', (client) => client.invoicePayments.list({ payment, limit: 1 }))
  return idOf(page.data[0]?.invoice)
}

export interface InvoicePaymentFacts {
  /** Null: it was no payment of Stripe's own. */
  paymentIntentId: string | null
  paid: Money
}

/** The payments that came in for an invoice, the latest first. @throws Refusal `payment_provider_unavailable` */
export async function readPaymentsOfInvoice(stripeInvoiceId: string): Promise<InvoicePaymentFacts[]> {
  const page = await ask('list', (client) =>
    client.invoicePayments.list({ invoice: checkId(stripeInvoiceId, 'in'), status: 'paid', limit: 100 }),
  )
  return page.data.map(({ payment, amount_paid, currency }) => ({
    paymentIntentId: idOf(payment.payment_intent),
    paid: cents(amount_paid ?? 0, currency),
  }))
}

/** Why an open invoice was not paid: what its last payment waits for. Null: nothing was tried, or nothing is wrong. */
export async function readInvoiceProblem(
  stripeInvoiceId: string,
): Promise<{ kind: 'payment_failed' | 'action_required'; message: string | null } | null> {
  const page = await ask('list', (client) =>
    client.invoicePayments.list({ invoice: checkId(stripeInvoiceId, 'in'), limit: 10 }),
  )
  const latest = page.data.find(({ status }) => status === 'open')
  const intentId = idOf(latest?.payment.payment_intent)
  const payment = intentId ? await readPayment(intentId) : null
  if (!payment) return null
  const isAsked = payment.status === 'requires_action' || payment.decline?.declineCode === 'authentication_required'
  if (isAsked) return { kind: 'action_required', message: payment.decline?.message ?? null }
  return payment.decline ? { kind: 'payment_failed', message: payment.decline.message } : null
}

export interface CreditNoteFacts {
  stripeCreditNoteId: string
  number: string | null
  /** issued or void. */
  status: string
  /** Taken off what the invoice asked for, without tax. What was paid already comes back by a refund, which is none of it. */
  beforeTax: Money
  metadata: Record<string, string>
  createdAt: Date
}

/** refused: nothing happened (the invoice was paid or voided meanwhile). unknown: it may have happened; ask again with the same key. */
export type CreditNoteOutcome =
  | { kind: 'issued'; note: CreditNoteFacts }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'unknown'; message: string }

/** Takes an amount (whole cents, tax included) off an open invoice. Never throws for what Stripe or the network does. */
export async function createCreditNote(order: {
  idempotencyKey: string
  stripeInvoiceId: string
  amountCents: bigint
  metadata: Record<string, string>
}): Promise<CreditNoteOutcome> {
  try {
    const note = await stripe().creditNotes.create(
      {
        invoice: checkId(order.stripeInvoiceId, 'in'),
        amount: Number(order.amountCents),
        reason: 'order_change',
        memo: 'Credit that was added pays this part.',
        metadata: order.metadata,
      },
      { idempotencyKey: order.idempotencyKey },
    )
    return { kind: 'issued', note: noteFacts(expectObject(note, 'credit_note')) }
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'unknown', message: 'Stripe answered with something else.' }
    const problem = problemOf(error)
    if (problem.kind === 'refused') return { kind: 'refused', code: problem.code, message: problem.message }
    return { kind: 'unknown', message: problem.message }
  }
}

/** Every credit note of an invoice, oldest first. @throws Refusal `payment_provider_unavailable` */
export async function readCreditNotes(stripeInvoiceId: string): Promise<CreditNoteFacts[]> {
  const found: CreditNoteFacts[] = []
  for (let after: string | undefined; ; ) {
    const page = await ask('list', (client) =>
      client.creditNotes.list({
        invoice: checkId(stripeInvoiceId, 'in'),
        limit: 100,
        ...(after && { starting_after: after }),
      }),
    )
    found.push(...page.data.map(noteFacts))
    after = page.data.at(-1)?.id
    if (!page.has_more || !after) return found.reverse()
  }
}

/** The invoice that a credit note is of; null when there is none. @throws Refusal `payment_provider_unavailable` */
export async function invoiceOfCreditNote(creditNoteId: string): Promise<string | null> {
  try {
    const note = await ask('credit_note', (client) => client.creditNotes.retrieve(checkId(creditNoteId, 'cn')))
    return idOf(note.invoice)
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Every invoice created in the window, ours and others'. @throws Refusal `payment_provider_unavailable` */
export async function* listInvoices(window: ListingWindow): AsyncGenerator<StripeInvoiceFacts[]> {
  for await (const page of pagesOf(window, (client, params) => client.invoices.list(params)))
    yield page.map(invoiceFactsOf)
}

const dateOrNull = (seconds: number | null | undefined): Date | null => (seconds ? dateOf(seconds) : null)

function invoiceFactsOf(invoice: Stripe.Invoice): StripeInvoiceFacts {
  const { currency, status_transitions: moved } = invoice
  return {
    stripeInvoiceId: invoice.id,
    status: invoice.status ?? 'draft',
    collection: invoice.collection_method,
    number: invoice.number,
    hostedUrl: invoice.hosted_invoice_url ?? null,
    pdfUrl: invoice.invoice_pdf ?? null,
    total: cents(invoice.total, currency),
    beforeTax: cents(invoice.total_excluding_tax ?? invoice.total, currency),
    credited: cents(invoice.pre_payment_credit_notes_amount, currency),
    paid: cents(invoice.amount_paid, currency),
    paidOutside: cents(invoice.amount_paid_off_stripe ?? 0, currency),
    remaining: cents(invoice.amount_remaining, currency),
    isTried: invoice.attempted,
    customerId: idOf(invoice.customer),
    livemode: invoice.livemode,
    metadata: invoice.metadata ?? {},
    createdAt: dateOf(invoice.created),
    finalizedAt: dateOrNull(moved.finalized_at),
    dueAt: dateOrNull(invoice.due_date),
    paidAt: dateOrNull(moved.paid_at),
    closedAt: dateOrNull(moved.voided_at ?? moved.marked_uncollectible_at),
  }
}

const noteFacts = (note: Stripe.CreditNote): CreditNoteFacts => ({
  stripeCreditNoteId: note.id,
  number: note.number ?? null,
  status: note.status,
  beforeTax: cents(takenOff(note), note.currency),
  metadata: note.metadata ?? {},
  createdAt: dateOf(note.created),
})

/** The part of a note, without tax, that lowered the invoice while it was open. */
function takenOff(note: Stripe.CreditNote): number {
  const beforeTax = note.total_excluding_tax ?? note.total
  const { amount, pre_payment_amount: before } = note
  return before >= amount ? beforeTax : Math.floor((beforeTax * before) / amount)
}
