import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { invalidParameter, noSuch, notServed, refuse } from '../http/errors'
import { checkCurrency } from '../resources/amounts'
import { livingCustomer } from '../resources/find-customer'
import { mergeMetadata } from '../resources/metadata'
import { refuseUnplayed } from '../resources/played'
import type { Cause, World } from '../state/world'
import { blankInvoice } from './blank-invoice'
import { priceDraft } from './invoice-lines'
import { forgetDates, remindOf } from './move-invoice'

type CreateParams = Stripe.InvoiceCreateParams
type UpdateParams = Stripe.InvoiceUpdateParams

const hourSeconds = 3_600
const daySeconds = 86_400

const playedInDrafts = [
  'auto_advance',
  'automatic_tax',
  'automatically_finalizes_at',
  'collection_method',
  'custom_fields',
  'days_until_due',
  'default_payment_method',
  'description',
  'due_date',
  'footer',
  'metadata',
  'payment_settings',
] as const

/** Makes a draft for a customer and tells the world. */
export function createDraft(world: World, cause: Cause, params: CreateParams): Stripe.Invoice {
  refuseUnplayed(params, [...playedInDrafts, 'currency', 'customer', 'pending_invoice_items_behavior'])
  if (!params.customer) {
    throw invalidParameter('You must provide the customer of the invoice.', 'customer', 'parameter_missing')
  }
  if (params.currency) checkCurrency(params.currency)
  const customer = livingCustomer(world, params.customer, 'customer')
  const blank = blankInvoice(world, customer)
  const includesPending = params.pending_invoice_items_behavior === 'include'
  const itemIds = includesPending ? takePendingItems(world, customer.id, blank.id) : []
  world.store.put('invoicePlans', blank.id, { itemIds, daysUntilDue: null })
  const draft = priceDraft(world, withParams(world, { ...blank, account_name: 'Sandbox merchant' }, params))
  world.store.put('invoices', draft.id, draft)
  emitEvent(world, cause, 'invoice.created', draft)
  return draft
}

/** Changes a draft; nothing is told here. */
export function changeDraft(world: World, draft: Stripe.Invoice, params: UpdateParams): Stripe.Invoice {
  refuseUnplayed(params, playedInDrafts)
  return priceDraft(world, withParams(world, draft, params))
}

/** Takes all that waits for the customer's next invoice; the newest comes first. */
function takePendingItems(world: World, customerId: string, invoiceId: string): string[] {
  const pending = world.store
    .newestFirst('invoiceItems')
    .filter((item) => item.customer === customerId && item.invoice === null)
  for (const item of pending) world.store.put('invoiceItems', item.id, { ...item, invoice: invoiceId })
  return pending.map(({ id }) => id)
}

function withParams(world: World, invoice: Stripe.Invoice, params: UpdateParams): Stripe.Invoice {
  const { automatic_tax: tax, custom_fields: fields, description, footer, metadata } = params
  const changed: Stripe.Invoice = {
    ...invoice,
    auto_advance: params.auto_advance ?? invoice.auto_advance,
    collection_method: params.collection_method ?? invoice.collection_method,
    metadata: mergeMetadata(invoice.metadata, metadata),
    ...(tax ? { automatic_tax: readTax(tax) } : {}),
    ...(fields === undefined ? {} : { custom_fields: readCustomFields(fields || []) }),
    ...(description === undefined ? {} : { description: description || null }),
    ...(footer === undefined ? {} : { footer: footer || null }),
    ...paymentChanges(world, invoice, params),
  }
  return withDates(world, changed, params)
}

/** What also a finalized invoice may change: with what it is paid. */
export function paymentChanges(
  world: World,
  invoice: Stripe.Invoice,
  { default_payment_method: method, payment_settings: settings }: UpdateParams,
): Partial<Stripe.Invoice> {
  if (method) checkOwnMethod(world, invoice, method, 'default_payment_method')
  if (!settings) return method ? { default_payment_method: method } : {}
  refuseUnplayed(settings, ['payment_method_types'], 'payment_settings')
  const types = settings.payment_method_types || null
  const unplayed = types?.find((type) => !['card', 'us_bank_account'].includes(type))
  if (unplayed) throw notServed('payment_settings[payment_method_types]', `invoices paid with ${unplayed}`)
  return {
    ...(method ? { default_payment_method: method } : {}),
    payment_settings: { ...invoice.payment_settings, payment_method_types: types },
  }
}

/** Throws when the payment method is not one of the customer's. */
export function checkOwnMethod(world: World, invoice: Stripe.Invoice, id: string, param: string): Stripe.PaymentMethod {
  const method = world.store.get('paymentMethods', id)
  if (!method) throw noSuch('PaymentMethod', id, param, 400)
  if (method.customer === invoice.customer) return method
  throw invalidParameter(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    param,
    'resource_missing',
  )
}

function readTax(given: NonNullable<UpdateParams['automatic_tax']>): Stripe.Invoice.AutomaticTax {
  refuseUnplayed(given, ['enabled'], 'automatic_tax')
  const { enabled } = given
  const isNew = { disabled_reason: null, enabled, liability: null, provider: null, status: null }
  return enabled ? { ...isNew, liability: { type: 'self' }, provider: 'stripe' } : isNew
}

function readCustomFields(fields: { name: string; value: string }[]): Stripe.Invoice.CustomField[] | null {
  if (fields.length > 4) throw invalidParameter('An invoice can have at most 4 custom fields.', 'custom_fields')
  for (const [index, { name, value }] of fields.entries()) {
    const where = `custom_fields[${index}]`
    if (name.length > 40) throw tooLong(`${where}[name]`, 40)
    if (value.length > 140) throw tooLong(`${where}[value]`, 140)
  }
  return fields.length ? fields : null
}

const tooLong = (param: string, limit: number) =>
  invalidParameter(`Invalid string: must be at most ${limit} characters`, param, 'parameter_invalid_string')

/** When it is due, and when Stripe finalizes it by itself. */
function withDates(world: World, invoice: Stripe.Invoice, params: UpdateParams): Stripe.Invoice {
  const { days_until_due: days, due_date: dueDate, automatically_finalizes_at: finalizesAt } = params
  const isSent = invoice.collection_method === 'send_invoice'
  if (days !== undefined && dueDate !== undefined) {
    throw invalidParameter('You may only specify one of these parameters: days_until_due, due_date.', 'due_date')
  }
  if (!isSent && (days !== undefined || dueDate !== undefined)) {
    throw refuse("You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'.")
  }
  if (dueDate !== undefined && dueDate <= world.clock.now()) {
    throw invalidParameter('The due date of an invoice must be in the future.', 'due_date')
  }
  const plan = world.store.get('invoicePlans', invoice.id)!
  const daysUntilDue = !isSent || dueDate !== undefined ? null : (days ?? plan.daysUntilDue)
  world.store.put('invoicePlans', invoice.id, { ...plan, daysUntilDue })
  const due = daysUntilDue === null ? (dueDate ?? invoice.due_date) : invoice.created + daysUntilDue * daySeconds
  if (isSent && due === null) {
    throw refuse("If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'.")
  }
  if (isSent) checkEmail(world, invoice)
  return { ...invoice, due_date: isSent ? due : null, ...advanceDates(world, invoice, finalizesAt) }
}

function checkEmail(world: World, invoice: Stripe.Invoice): void {
  if ((world.store.get('customers', invoice.customer as string) as Stripe.Customer).email) return
  throw refuse(
    'Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email.',
  )
}

/** An hour after its creation, or when asked for; only drafts that advance by themselves have these dates. */
function advanceDates(world: World, invoice: Stripe.Invoice, asked: number | undefined): Partial<Stripe.Invoice> {
  forgetDates(world, invoice.id)
  if (!invoice.auto_advance) {
    if (asked !== undefined) {
      throw invalidParameter(
        'You can only set `automatically_finalizes_at` if `auto_advance` is true.',
        'automatically_finalizes_at',
      )
    }
    return { automatically_finalizes_at: null, next_payment_attempt: null }
  }
  const at = asked ?? invoice.automatically_finalizes_at ?? invoice.created + hourSeconds
  remindOf(world, 'finalize_invoice', invoice.id, at)
  const isCharged = invoice.collection_method === 'charge_automatically'
  return { automatically_finalizes_at: at, next_payment_attempt: isCharged ? at : null }
}
