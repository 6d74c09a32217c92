import type Stripe from 'stripe'
import { invoiceLines } from '../checkout/build-invoice'
import { noSuch } from '../http/errors'
import { listPage } from '../http/lists'
import type { World } from '../state/world'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

export const invoiceRoutes: Routes = {
  'GET /v1/invoices': list,
  'GET /v1/invoices/{id}': ({ world, ids }: Call) => findInvoice(world, ids.id!),
  'GET /v1/invoices/{id}/lines': ({ world, ids, params }: Call<Stripe.InvoiceListLineItemsParams>) => {
    const invoice = findInvoice(world, ids.id!)
    return listPage(invoiceLines(world, invoice), params, `/v1/invoices/${invoice.id}/lines`)
  },
  'GET /v1/invoice_payments': listPayments,
  'GET /v1/invoice_payments/{id}': ({ world, ids }: Call) => {
    const payment = world.store.get('invoicePayments', ids.id!)
    if (!payment) throw noSuch('invoice_payment', ids.id!, 'invoice_payment')
    return payment
  },
}

function findInvoice(world: World, id: string): Stripe.Invoice {
  const invoice = world.store.get('invoices', id)
  if (!invoice) throw noSuch('invoice', id, 'invoice')
  return invoice
}

function list({ world, params }: Call<Stripe.InvoiceListParams>) {
  refuseUnplayed(params, [...pageParams, 'collection_method', 'created', 'customer', 'status'])
  const { collection_method: method } = params
  const invoices = world.store
    .newestFirst('invoices')
    .filter((invoice) => params.customer === undefined || invoice.customer === params.customer)
    .filter((invoice) => params.status === undefined || invoice.status === params.status)
    .filter((invoice) => method === undefined || invoice.collection_method === method)
  return listPage(invoices, params, '/v1/invoices')
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
