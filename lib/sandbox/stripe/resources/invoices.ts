import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { invalidParameter, noSuch, refuse } from '../http/errors'
import { listPage } from '../http/lists'
import { markUncollectible, voidInvoice } from '../invoices/close-invoice'
import { changeDraft, createDraft, paymentChanges } from '../invoices/draft-invoice'
import { finalizeInvoice } from '../invoices/finalize-invoice'
import { invoiceLines, itemsOf } from '../invoices/invoice-lines'
import { forgetDates, moveInvoice } from '../invoices/move-invoice'
import { payInvoice } from '../invoices/pay-invoice'
import type { World } from '../state/world'
import { mergeMetadata } from './metadata'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

export const invoiceRoutes: Routes = {
  'POST /v1/invoices': ({ world, cause, params }: Call<Stripe.InvoiceCreateParams>) =>
    createDraft(world, cause, params),
  'GET /v1/invoices': list,
  'GET /v1/invoices/{id}': ({ world, ids }: Call) => findInvoice(world, ids.id!, 'invoice'),
  'POST /v1/invoices/{id}': update,
  'DELETE /v1/invoices/{id}': del,
  'POST /v1/invoices/{id}/finalize': ({ world, cause, ids, params }: Call<Stripe.InvoiceFinalizeInvoiceParams>) =>
    finalizeInvoice(world, cause, findInvoice(world, ids.id!, 'id'), params.auto_advance),
  'POST /v1/invoices/{id}/send': send,
  'POST /v1/invoices/{id}/pay': pay,
  'POST /v1/invoices/{id}/void': ({ world, cause, ids }: Call) =>
    voidInvoice(world, cause, findInvoice(world, ids.id!, 'id')),
  'POST /v1/invoices/{id}/mark_uncollectible': ({ world, cause, ids }: Call) =>
    markUncollectible(world, cause, findInvoice(world, ids.id!, 'id')),
  'GET /v1/invoices/{id}/lines': ({ world, ids, params }: Call<Stripe.InvoiceListLineItemsParams>) => {
    const invoice = findInvoice(world, ids.id!, 'invoice')
    return listPage(invoiceLines(world, invoice), params, `/v1/invoices/${invoice.id}/lines`)
  },
  'GET /v1/invoice_payments': listPayments,
  'GET /v1/invoice_payments/{id}': ({ world, ids }: Call) => {
    const payment = world.store.get('invoicePayments', ids.id!)
    if (!payment) throw noSuch('invoice_payment', ids.id!, 'invoice_payment')
    return payment
  },
}

/** The invoice with this id. Stripe's routes differ in what they call the id that is wrong: `param`. */
export function findInvoice(world: World, id: string, param: string, status: 400 | 404 = 404): Stripe.Invoice {
  const invoice = world.store.get('invoices', id)
  if (!invoice) throw noSuch('invoice', id, param, status)
  return invoice
}

/** A draft changes in every way, what is finalized in few. */
function update({ world, cause, ids, params }: Call<Stripe.InvoiceUpdateParams>): Stripe.Invoice {
  const before = findInvoice(world, ids.id!, 'id')
  if (before.status === 'draft') return moveInvoice(world, cause, before, changeDraft(world, before, params))
  const { metadata, auto_advance: autoAdvance } = params
  const allowed = ['metadata', 'auto_advance', 'default_payment_method', 'payment_settings', 'expand']
  const refused = Object.keys(params).find((name) => !allowed.includes(name))
  if (refused) {
    throw invalidParameter("Finalized invoices can't be updated in this way", refused, 'invoice_not_editable')
  }
  return moveInvoice(world, cause, before, {
    metadata: mergeMetadata(before.metadata, metadata),
    ...(autoAdvance === undefined ? {} : { auto_advance: autoAdvance }),
    ...paymentChanges(world, before, params),
  })
}

function del({ world, cause, ids }: Call): Stripe.DeletedInvoice {
  const draft = findInvoice(world, ids.id!, 'invoice')
  if (draft.status !== 'draft') throw refuse('You can only delete draft invoices.', { code: 'invoice_not_editable' })
  forgetDates(world, draft.id)
  for (const item of itemsOf(world, draft.id)) world.store.remove('invoiceItems', item.id)
  world.store.remove('invoicePlans', draft.id)
  world.store.remove('invoices', draft.id)
  emitEvent(world, cause, 'invoice.deleted', draft)
  return { id: draft.id, object: 'invoice', deleted: true }
}

/** The sandbox writes no letters: as in Stripe's test mode, only the event says that one was sent. */
function send({ world, cause, ids }: Call): Stripe.Invoice {
  const found = findInvoice(world, ids.id!, 'invoice')
  if (found.collection_method !== 'send_invoice') {
    throw refuse("You can only manually send an invoice if its collection method is 'send_invoice'.")
  }
  if (found.status === 'draft' && found.auto_advance) return finalizeInvoice(world, cause, found)
  const invoice = found.status === 'draft' ? finalizeInvoice(world, cause, found) : found
  if (invoice.status === 'paid' && found.status === 'draft') return invoice
  if (invoice.status !== 'open') {
    throw refuse(
      'This invoice cannot be sent right now. Please contact us via https://support.stripe.com/contact with details, so we can help.',
    )
  }
  emitEvent(world, cause, 'invoice.sent', invoice)
  return invoice
}

function pay({ world, cause, ids, params }: Call<Stripe.InvoicePayParams>): Stripe.Invoice {
  refuseUnplayed(params, ['off_session', 'paid_out_of_band', 'payment_method'])
  return payInvoice(world, cause, findInvoice(world, ids.id!, 'id'), params)
}

function list({ world, params }: Call<Stripe.InvoiceListParams>) {
  refuseUnplayed(params, [...pageParams, 'collection_method', 'created', 'customer', 'due_date', 'status'])
  const { collection_method: method } = params
  const invoices = world.store
    .newestFirst('invoices')
    .filter((invoice) => params.customer === undefined || invoice.customer === params.customer)
    .filter((invoice) => params.status === undefined || invoice.status === params.status)
    .filter((invoice) => method === undefined || invoice.collection_method === method)
    .filter((invoice) => isWithin(invoice.due_date, params.due_date))
  return listPage(invoices, params, '/v1/invoices')
}

function isWithin(date: number | null, range: Stripe.InvoiceListParams['due_date']): boolean {
  if (range === undefined) return true
  if (date === null) return false
  if (typeof range === 'number') return date === range
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range
  return date > gt && date >= gte && date < lt && date <= lte
}

function listPayments({ world, params }: Call<Stripe.InvoicePaymentListParams>) {
  refuseUnplayed(params, [...pageParams, 'created', 'invoice', 'payment', 'status'])
  const intent = params.payment?.payment_intent
  const payments = world.store
    .newestFirst('invoicePayments')
    .filter((payment) => params.invoice === undefined || payment.invoice === params.invoice)
    .filter((payment) => params.status === undefined || payment.status === params.status)
    .filter((payment) => params.payment === undefined || payment.payment.type === params.payment.type)
    .filter((payment) => intent === undefined || payment.payment.payment_intent === intent)
  return listPage(payments, params, '/v1/invoice_payments')
}
