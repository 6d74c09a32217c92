import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { invalidParameter, noSuch } from '../http/errors'
import { listPage } from '../http/lists'
import { newId, randomToken } from '../state/ids'
import type { Cause, World } from '../state/world'
import { fullAddress } from './address'
import { livingCustomer } from './find-customer'
import { mergeMetadata } from './metadata'
import { detachCard, findPaymentMethod, listPaymentMethods } from './payment-methods'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

type CustomerParams = Stripe.CustomerCreateParams & Stripe.CustomerUpdateParams

export const customerRoutes: Routes = {
  'POST /v1/customers': create,
  'GET /v1/customers': list,
  'GET /v1/customers/{id}': retrieve,
  'POST /v1/customers/{id}': update,
  'DELETE /v1/customers/{id}': del,
  'GET /v1/customers/{id}/payment_methods': ({ world, ids, params }: Call<Stripe.PaymentMethodListParams>) => {
    const customer = livingCustomer(world, ids.id!, 'id', 404)
    return listPaymentMethods(
      world,
      { ...params, customer: customer.id },
      `/v1/customers/${customer.id}/payment_methods`,
    )
  },
  'GET /v1/customers/{customerId}/payment_methods/{id}': ({ world, ids }: Call) => {
    livingCustomer(world, ids.customerId!, 'id', 404)
    const method = findPaymentMethod(world, ids.id!, 'payment_method', 404)
    if (method.customer !== ids.customerId) throw noSuch('PaymentMethod', ids.id!, 'payment_method')
    return method
  },
}

/** Makes a customer and tells the world. */
export function createCustomer(world: World, cause: Cause, params: CustomerParams): Stripe.Customer {
  const id = newId.customer()
  const customer = withParams(world, blankCustomer(id, world.clock.now()), params)
  world.store.put('customers', id, customer)
  emitEvent(world, cause, 'customer.created', customer)
  return customer
}

/** Changes a customer and tells the world, unless nothing changed. */
export function updateCustomer(
  world: World,
  cause: Cause,
  before: Stripe.Customer,
  params: CustomerParams,
): Stripe.Customer {
  const customer = withParams(world, before, params)
  if (JSON.stringify(customer) === JSON.stringify(before)) return before
  world.store.put('customers', customer.id, customer)
  emitEvent(world, cause, 'customer.updated', customer, before)
  return customer
}

function create({ world, cause, params }: Call<CustomerParams>): Stripe.Customer {
  checkParams(params)
  return createCustomer(world, cause, params)
}

function retrieve({ world, ids }: Call) {
  const customer = world.store.get('customers', ids.id!)
  if (!customer) throw noSuch('customer', ids.id!, 'id')
  return customer
}

function update({ world, cause, ids, params }: Call<CustomerParams>): Stripe.Customer {
  checkParams(params)
  return updateCustomer(world, cause, livingCustomer(world, ids.id!, 'id', 404), params)
}

function del({ world, cause, ids }: Call): Stripe.DeletedCustomer {
  const customer = livingCustomer(world, ids.id!, 'id', 404)
  for (const method of world.store.oldestFirst('paymentMethods')) {
    if (method.customer === customer.id) detachCard(world, cause, method)
  }
  const deleted: Stripe.DeletedCustomer = { id: customer.id, object: 'customer', deleted: true }
  world.store.put('customers', customer.id, deleted)
  emitEvent(world, cause, 'customer.deleted', customer)
  return deleted
}

function list({ world, params }: Call<Stripe.CustomerListParams>) {
  refuseUnplayed(params, [...pageParams, 'created', 'email'])
  const customers = world.store
    .newestFirst('customers')
    .filter((customer): customer is Stripe.Customer => !customer.deleted)
    .filter((customer) => params.email === undefined || customer.email === params.email)
  return listPage(customers, params, '/v1/customers')
}

const played = [
  'address',
  'business_name',
  'description',
  'email',
  'individual_name',
  'invoice_prefix',
  'invoice_settings',
  'metadata',
  'name',
  'phone',
  'preferred_locales',
  'shipping',
  'tax_exempt',
] as const

function checkParams(params: CustomerParams): void {
  refuseUnplayed(params, played)
  if (params.email && !/^\S+@\S+$/.test(params.email)) {
    throw invalidParameter(`Invalid email address: ${params.email}`, 'email', 'email_invalid')
  }
}

function withParams(world: World, customer: Stripe.Customer, params: CustomerParams): Stripe.Customer {
  const { metadata, invoice_settings: settings, address, shipping, ...plain } = params
  const given = { ...plain } as Record<string, unknown>
  delete given.expand
  return {
    ...customer,
    ...(given as Partial<Stripe.Customer>),
    metadata: mergeMetadata(customer.metadata, metadata),
    ...(address === undefined ? {} : { address: address ? fullAddress(address) : null }),
    ...(shipping === undefined ? {} : { shipping: shipping ? fullShipping(shipping) : null }),
    ...(settings ? { invoice_settings: withInvoiceSettings(world, customer, settings) } : {}),
  }
}

function withInvoiceSettings(
  world: World,
  customer: Stripe.Customer,
  settings: NonNullable<CustomerParams['invoice_settings']>,
): Stripe.Customer.InvoiceSettings {
  const { default_payment_method: method } = settings
  if (method) {
    const param = 'invoice_settings[default_payment_method]'
    const isOwn = findPaymentMethod(world, method, param, 400).customer === customer.id
    if (!isOwn) {
      throw invalidParameter(
        'The customer does not have a payment method with the ID ' +
          `${method}. The payment method must be attached to the customer.`,
        param,
        'resource_missing',
      )
    }
  }
  return { ...customer.invoice_settings, ...settings } as Stripe.Customer.InvoiceSettings
}

function fullShipping(shipping: Exclude<CustomerParams['shipping'], '' | null | undefined>): Stripe.Customer.Shipping {
  return { ...shipping, address: fullAddress(shipping.address), phone: shipping.phone ?? null }
}

function blankCustomer(id: string, created: number): Stripe.Customer {
  return {
    id,
    object: 'customer',
    address: null,
    balance: 0,
    created,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    email: null,
    invoice_prefix: randomToken(8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  }
}
