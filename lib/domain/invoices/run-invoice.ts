import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { crashPoint } from '@/lib/edges/crash-points'
import { inTransaction, pool, type Tx } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { log } from '@/lib/edges/log'
import {
  addInvoiceLine,
  createDraftInvoice,
  finalizeInvoice,
  findInvoiceByMark,
  payInvoice,
  placeCustomer,
  readInvoice,
  readLinesOfDraft,
} from '@/lib/edges/stripe'
import { appMetadata, defaultPaymentMethod, ensureCustomer, replaceCustomer } from '../payment-methods'
import { linesOf, nextTryAt, withoutCredit } from './rules'
import { followInvoice } from './settle-invoice'
import {
  claimInvoice,
  findInvoice,
  type InvoiceRow,
  insertLines,
  type LineRow,
  readCarried,
  readLines,
  readPlace,
  readUsed,
  saveAtStripe,
  saveNextTry,
} from './store'
import { describeInvoice, describeLine } from './words'

/**
 * Makes an intended invoice at Stripe: draft, lines, finalized, and charged where the contract says so. Each call has a key of the
 * invoice's own, and what is there already is looked up first, so that it can be run again from wherever it died. Two at once: one
 * finds that it is not due.
 * @throws Refusal `payment_provider_unavailable`: it goes on later
 */
export async function runInvoice(
  actor: Actor,
  { accountId, invoiceId }: { accountId: string; invoiceId: string },
): Promise<void> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Invoices are made by the worker alone.' })
  const at = await now()
  const invoice = await claim(accountId, invoiceId, at)
  if (!invoice) return
  crashPoint('invoice:after-claim')
  const lines = await linesFor(invoice)
  const draft = await findOrMake(invoice)
  if (!draft) return
  crashPoint('invoice:after-draft')
  if (draft.status === 'draft') {
    await addLines({ ...invoice, stripeInvoiceId: draft.stripeInvoiceId }, draft.customerId, lines)
    crashPoint('invoice:after-lines')
    const { isUntaxed } = await finalizeInvoice({
      idempotencyKey: `invoice:${invoiceId}:finalize`,
      stripeInvoiceId: draft.stripeInvoiceId,
      isMailed: invoice.collection === 'send_invoice',
    })
    if (isUntaxed) log.warn({ accountId, invoiceId }, 'an invoice has no tax: Stripe knows no address of the customer')
    crashPoint('invoice:after-finalize')
  }
  await collectInvoice({ ...invoice, stripeInvoiceId: draft.stripeInvoiceId })
  crashPoint('invoice:after-collect')
  await followInvoice(accountId, invoiceId)
}

/** Takes the invoice's turn, when it is due: whoever else tries in the meantime finds that it is not. */
async function claim(accountId: string, invoiceId: string, at: Date): Promise<InvoiceRow | null> {
  return inTransaction(async (tx) => {
    const before = await findInvoice(tx, accountId, invoiceId)
    if (!before) return null
    const until = nextTryAt(at, before.tries + 1)
    if (!(await claimInvoice(tx, { accountId, invoiceId }, { at, until }))) return null
    return findInvoice(tx, accountId, invoiceId)
  })
}

/** The lines, written down before Stripe hears of them. Later they are what was written. */
async function linesFor(invoice: InvoiceRow): Promise<LineRow[]> {
  const { accountId, invoiceId, amountCents } = invoice
  const written = await readLines(pool(), accountId, invoiceId)
  if (written.length > 0) return written
  await inTransaction(async (tx: Tx) => {
    const used = await readUsed(tx, invoice)
    const carriedCents = await readCarried(tx, accountId, invoiceId)
    await insertLines(tx, invoice, linesOf({ amountCents, carriedCents, used }))
    crashPoint('invoice:before-lines-commit')
  })
  return readLines(pool(), accountId, invoiceId)
}

interface AtStripe {
  stripeInvoiceId: string
  customerId: string
  status: string
}

/** The invoice at Stripe: known, found by its mark after a try that nobody saw end, or new. Null: it waits. */
async function findOrMake(invoice: InvoiceRow): Promise<AtStripe | null> {
  const { stripeInvoiceId, stripeCustomerId } = invoice
  if (stripeInvoiceId && stripeCustomerId) {
    const known = await readInvoice(stripeInvoiceId)
    if (known) return { stripeInvoiceId, customerId: stripeCustomerId, status: known.status }
    await followInvoice(invoice.accountId, invoice.invoiceId) // deleted as a draft: nothing is asked for
    return null
  }
  return make(invoice, await ensureCustomer(invoice.accountId), true)
}

async function make(invoice: InvoiceRow, customerId: string, mayReplace: boolean): Promise<AtStripe | null> {
  const { accountId, invoiceId, poNumber } = invoice
  const found = invoice.tries > 1 ? await findInvoiceByMark(customerId, ['invoice_id', invoiceId]) : null
  if (found) return save(invoice, customerId, found)
  const place = isTaxed() ? await readPlace(accountId) : null
  if (place) await placeCustomer(customerId, place)
  const made = await createDraftInvoice({
    idempotencyKey: `invoice:${invoiceId}:create:${customerId}`,
    customerId,
    currency: invoice.currency,
    collection: invoice.collection,
    daysUntilDue: invoice.paymentTermsDays,
    description: describeInvoice(invoice),
    customFields: poNumber ? [{ name: 'Purchase order', value: poNumber }] : [],
    hasTax: isTaxed(),
    metadata: { ...appMetadata, account_id: accountId, invoice_id: invoiceId },
  })
  crashPoint('invoice:after-create')
  if (made.kind === 'made') return save(invoice, customerId, made.invoice)
  if (made.kind === 'customer_missing' && mayReplace) {
    return make(invoice, await replaceCustomer(accountId, customerId), false)
  }
  log.error({ accountId, invoiceId, made }, 'Stripe does not take an invoice: a person must look')
  await inTransaction(async (tx) => saveNextTry(tx, invoice, nextTryAt(await now(), 99)))
  return null
}

async function save(
  invoice: InvoiceRow,
  customerId: string,
  { stripeInvoiceId, status }: { stripeInvoiceId: string; status: string },
): Promise<AtStripe> {
  await inTransaction((tx) => saveAtStripe(tx, invoice, { stripeInvoiceId, customerId }))
  return { customerId, stripeInvoiceId, status }
}

const isTaxed = (): boolean => env().CHECKOUT_TAX === '1'

/** Adds the lines that the draft does not have yet. Lines of nothing stay with us. */
async function addLines(
  invoice: InvoiceRow & { stripeInvoiceId: string },
  customerId: string,
  lines: LineRow[],
): Promise<void> {
  const { invoiceId, stripeInvoiceId, startsAt, endsAt } = invoice
  const there = invoice.tries > 1 ? await readLinesOfDraft(stripeInvoiceId) : []
  const known = new Set(there.filter((line) => line.invoice_id === invoiceId).map(({ line }) => line))
  const shown = isTaxed() ? withoutCredit(lines) : lines
  const isNet = shown.length < lines.length
  for (const line of shown) {
    if (line.amountCents === 0n || known.has(String(line.line))) continue
    await addInvoiceLine({
      idempotencyKey: `invoice:${invoiceId}:line:${line.line}`,
      customerId,
      stripeInvoiceId,
      amountCents: line.amountCents,
      currency: invoice.currency,
      description: isNet ? `${describeLine(line)}, less credit used first` : describeLine(line),
      period: { startsAt, endsAt },
      metadata: { ...appMetadata, invoice_id: invoiceId, line: String(line.line) },
    })
    crashPoint('invoice:after-line')
  }
}

/** Charges the saved card for an invoice whose contract says so; another try after each reminder. Without a card, it waits. */
export async function collectInvoice(invoice: InvoiceRow & { stripeInvoiceId: string }): Promise<void> {
  if (invoice.collection !== 'charge_automatically') return
  const card = await defaultPaymentMethod(pool(), invoice.accountId)
  if (!card) return
  await payInvoice({
    idempotencyKey: `invoice:${invoice.invoiceId}:pay:${card.stripePaymentMethodId}:${invoice.remindedDays ?? 'first'}`,
    stripeInvoiceId: invoice.stripeInvoiceId,
    stripePaymentMethodId: card.stripePaymentMethodId,
  })
}
