import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { invalidParameter, missingParameter, noSuch, refuse } from '../http/errors'
import { listPage } from '../http/lists'
import { priceDraft } from '../invoices/invoice-lines'
import { moveInvoice } from '../invoices/move-invoice'
import { newId, stableToken } from '../state/ids'
import type { Cause, World } from '../state/world'
import { checkCurrency } from './amounts'
import { livingCustomer } from './find-customer'
import { findInvoice } from './invoices'
import { mergeMetadata } from './metadata'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

export const invoiceItemRoutes: Routes = {
  'POST /v1/invoiceitems': create,
  'GET /v1/invoiceitems': list,
  'GET /v1/invoiceitems/{id}': ({ world, ids }: Call) => findItem(world, ids.id!),
  'POST /v1/invoiceitems/{id}': update,
  'DELETE /v1/invoiceitems/{id}': del,
}

const mostItems = 250
const largestAmountCents = 99_999_999

function findItem(world: World, id: string): Stripe.InvoiceItem {
  const item = world.store.get('invoiceItems', id)
  if (!item) throw noSuch('Invoice Item', id, 'id')
  return item
}

function create({ world, cause, params }: Call<Stripe.InvoiceItemCreateParams>): Stripe.InvoiceItem {
  refuseUnplayed(params, [
    'amount',
    'currency',
    'customer',
    'description',
    'discountable',
    'invoice',
    'metadata',
    'period',
  ])
  const { amount, customer, invoice, period } = params
  if (!customer) throw missingParameter('customer')
  if (amount === undefined) throw missingParameter('amount')
  checkItemAmount(amount)
  livingCustomer(world, customer, 'customer')
  if (params.currency) checkCurrency(params.currency)
  if (period) checkPeriod(period)
  const draft = invoice ? draftFor(world, invoice, customer, amount) : null
  const item = buildItem(world, { ...params, amount, customer })
  world.store.put('invoiceItems', item.id, item)
  emitEvent(world, cause, 'invoiceitem.created', item)
  if (draft) {
    const plan = world.store.get('invoicePlans', draft.id)!
    world.store.put('invoicePlans', draft.id, { ...plan, itemIds: [...plan.itemIds, item.id] })
    reprice(world, cause, draft.id)
  }
  return item
}

function buildItem(
  world: World,
  params: Stripe.InvoiceItemCreateParams & { amount: number; customer: string },
): Stripe.InvoiceItem {
  const id = newId.invoiceItem()
  const now = world.clock.now()
  return {
    id,
    object: 'invoiceitem',
    amount: params.amount,
    currency: 'usd',
    customer: params.customer,
    customer_account: null,
    date: now,
    description: params.description ?? null,
    discountable: params.discountable ?? params.amount >= 0,
    discounts: [],
    invoice: params.invoice ?? null,
    livemode: false,
    metadata: mergeMetadata({}, params.metadata),
    parent: null,
    period: params.period ?? { end: now, start: now },
    pricing: pricingOf(id, params.amount),
    proration: false,
    quantity: 1,
    quantity_decimal: '1' as unknown as Stripe.Decimal,
    tax_rates: [],
    test_clock: null,
  }
}

/** Stripe makes a price and a product for one use behind every plain amount. */
function pricingOf(itemId: string, amount: number): Stripe.InvoiceItem.Pricing {
  return {
    price_details: {
      price: `price_1${stableToken(`${itemId} ${amount}`, 23)}`,
      product: `prod_${stableToken(itemId, 14)}`,
    },
    type: 'price_details',
    unit_amount_decimal: String(amount) as unknown as Stripe.Decimal,
  }
}

function update({ world, cause, ids, params }: Call<Stripe.InvoiceItemUpdateParams>): Stripe.InvoiceItem {
  refuseUnplayed(params, ['amount', 'description', 'discountable', 'metadata', 'period'])
  const before = findItem(world, ids.id!)
  if (params.amount !== undefined) checkItemAmount(params.amount)
  if (params.period) checkPeriod(params.period)
  const amount = params.amount ?? before.amount
  if (before.invoice) draftFor(world, before.invoice as string, before.customer as string, amount, before)
  const item = world.store.put('invoiceItems', before.id, {
    ...before,
    amount,
    description: params.description ?? before.description,
    discountable: params.discountable ?? before.discountable,
    metadata: mergeMetadata(before.metadata, params.metadata),
    period: params.period ?? before.period,
    pricing: pricingOf(before.id, amount),
  })
  if (item.invoice) reprice(world, cause, item.invoice as string)
  return item
}

function del({ world, cause, ids }: Call): Stripe.DeletedInvoiceItem {
  const item = findItem(world, ids.id!)
  const invoiceId = item.invoice as string | null
  if (invoiceId) {
    draftFor(world, invoiceId, item.customer as string, item.amount, item)
    const plan = world.store.get('invoicePlans', invoiceId)!
    world.store.put('invoicePlans', invoiceId, { ...plan, itemIds: plan.itemIds.filter((id) => id !== item.id) })
  }
  world.store.remove('invoiceItems', item.id)
  emitEvent(world, cause, 'invoiceitem.deleted', item)
  if (invoiceId) reprice(world, cause, invoiceId)
  return { id: item.id, object: 'invoiceitem', deleted: true }
}

function list({ world, params }: Call<Stripe.InvoiceItemListParams>) {
  refuseUnplayed(params, [...pageParams, 'customer', 'invoice', 'pending'])
  const { customer, invoice, pending } = params
  const items = world.store
    .newestFirst('invoiceItems')
    .filter((item) => customer === undefined || item.customer === customer)
    .filter((item) => invoice === undefined || item.invoice === invoice)
    .filter((item) => pending === undefined || (item.invoice === null) === pending)
  return listPage(items, params, '/v1/invoiceitems')
}

/** The draft that takes an item; throws when it cannot. `existing` is on it already. */
function draftFor(
  world: World,
  invoiceId: string,
  customerId: string,
  amount: number,
  existing?: Stripe.InvoiceItem,
): Stripe.Invoice {
  const invoice = findInvoice(world, invoiceId, 'invoice', 400)
  if (invoice.status !== 'draft') {
    throw refuse('Invalid invoice: This invoice is no longer editable', { code: 'invoice_not_editable' })
  }
  if (invoice.customer !== customerId) {
    throw refuse(`The invoice ${invoiceId} belongs to another customer than ${customerId}.`, { param: 'invoice' })
  }
  if (!existing && world.store.get('invoicePlans', invoiceId)!.itemIds.length >= mostItems) {
    throw refuse(`An invoice can have at most ${mostItems} items.`, { code: 'invoice_too_large', param: 'invoice' })
  }
  if (amount < 0 && invoice.automatic_tax.enabled && existing?.amount !== amount) {
    throw refuse('Negative amounts cannot be added to an invoice with automatic tax.', { param: 'amount' })
  }
  return invoice
}

function reprice(world: World, cause: Cause, invoiceId: string): void {
  const draft = findInvoice(world, invoiceId, 'invoice')
  moveInvoice(world, cause, draft, priceDraft(world, draft))
}

function checkItemAmount(amount: number): void {
  if (Math.abs(amount) <= largestAmountCents) return
  throw invalidParameter('Amount must be no more than $999,999.99', 'amount', 'amount_too_large')
}

function checkPeriod({ start, end }: Stripe.InvoiceItemCreateParams.Period): void {
  if (end >= start) return
  throw invalidParameter('The end of the period must not be before its start.', 'period[end]')
}
