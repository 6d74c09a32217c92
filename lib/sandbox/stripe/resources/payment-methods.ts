import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { missingParameter, noSuch, notServed, refuse } from '../http/errors'
import { type ListAnswer, listPage } from '../http/lists'
import { type CardDetails, checkCardDetails } from '../payments/card-details'
import { cardError, declineBody } from '../payments/card-errors'
import { decideOutcome } from '../payments/decide-outcome'
import { findTestCard, findTestCardByToken, type TestCard } from '../payments/test-cards'
import type { CardOnFile } from '../state/collections'
import { newId, stableToken } from '../state/ids'
import type { Cause, World } from '../state/world'
import { fullAddress } from './address'
import { livingCustomer } from './find-customer'
import { mergeMetadata } from './metadata'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

export const paymentMethodRoutes: Routes = {
  'POST /v1/payment_methods': create,
  'GET /v1/payment_methods': ({ world, params }: Call<Stripe.PaymentMethodListParams>) =>
    listPaymentMethods(world, params, '/v1/payment_methods'),
  'GET /v1/payment_methods/{id}': ({ world, ids }: Call) => findPaymentMethod(world, ids.id!, 'payment_method', 404),
  'POST /v1/payment_methods/{id}': update,
  'POST /v1/payment_methods/{id}/attach': attach,
  'POST /v1/payment_methods/{id}/detach': detach,
}

/** The payment method with this id; a test token such as `pm_card_visa` stands for a new one each time. */
export function findPaymentMethod(
  world: World,
  id: string,
  param: string,
  status: 400 | 404 = 400,
): Stripe.PaymentMethod {
  const found = world.store.get('paymentMethods', id)
  if (found) return found
  const testCard = id.startsWith('pm_card_') ? findTestCardByToken(id) : undefined
  if (testCard) return createCard(world, { number: testCard.number, ...unspecifiedExpiry(world) }, {})
  throw noSuch('PaymentMethod', id, param, status)
}

export interface CardExtras {
  billingDetails?: Stripe.PaymentMethod.BillingDetails
  allowRedisplay?: Stripe.PaymentMethod.AllowRedisplay
  metadata?: Stripe.Metadata
  hasCvc?: boolean
}

/** Keeps a card that has been checked. Nobody owns it yet. */
export function createCard(world: World, details: CardDetails, extras: CardExtras): Stripe.PaymentMethod {
  const id = newId.paymentMethod()
  const method: Stripe.PaymentMethod = {
    id,
    object: 'payment_method',
    allow_redisplay: extras.allowRedisplay ?? 'unspecified',
    billing_details: extras.billingDetails ?? noBillingDetails,
    card: describeCard(details, extras.hasCvc ?? true),
    created: world.clock.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: extras.metadata ?? {},
    type: 'card',
  }
  world.store.put('cardsOnFile', id, { number: details.number, isSetUp: false, isSpent: false })
  return world.store.put('paymentMethods', id, method)
}

/** What the issuer knows about a payment method. */
export function cardOnFile(world: World, method: Stripe.PaymentMethod): CardOnFile {
  return world.store.get('cardsOnFile', method.id)!
}

/** Saves a card to a customer and tells the world; does nothing when it is theirs already. */
export function attachCard(
  world: World,
  cause: Cause,
  method: Stripe.PaymentMethod,
  customerId: string,
): Stripe.PaymentMethod {
  if (method.customer === customerId) return method
  const attached = world.store.put('paymentMethods', method.id, { ...method, customer: customerId })
  emitEvent(world, cause, 'payment_method.attached', attached)
  return attached
}

/** Takes a card from its customer for ever. */
export function detachCard(world: World, cause: Cause, method: Stripe.PaymentMethod): Stripe.PaymentMethod {
  const owner = world.store.get('customers', method.customer as string) as Stripe.Customer | undefined
  if (owner?.invoice_settings?.default_payment_method === method.id) {
    const invoice_settings = { ...owner.invoice_settings, default_payment_method: null }
    world.store.put('customers', owner.id, { ...owner, invoice_settings })
  }
  const detached = world.store.put('paymentMethods', method.id, { ...method, customer: null })
  world.store.put('cardsOnFile', method.id, { ...cardOnFile(world, method), isSpent: true })
  emitEvent(world, cause, 'payment_method.detached', detached, method)
  return detached
}

/** Refuses a card that was used without a customer, or detached. */
export function refuseSpentCard(world: World, method: Stripe.PaymentMethod): void {
  if (!cardOnFile(world, method).isSpent || method.customer) return
  throw refuse(
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
  )
}

/** Cards of a customer (or of nobody in particular), filtered as asked. */
export function listPaymentMethods(
  world: World,
  params: Stripe.PaymentMethodListParams,
  url: string,
): ListAnswer<Stripe.PaymentMethod> {
  refuseUnplayed(params, [...pageParams, 'allow_redisplay', 'customer', 'type'])
  if (params.customer) livingCustomer(world, params.customer, 'customer')
  const methods = world.store
    .newestFirst('paymentMethods')
    .filter((method) => (params.customer ? method.customer === params.customer : false))
    .filter((method) => params.type === undefined || method.type === params.type)
    .filter((method) => params.allow_redisplay === undefined || method.allow_redisplay === params.allow_redisplay)
  return listPage(methods, params, url)
}

function create({ world, params }: Call<Stripe.PaymentMethodCreateParams>): Stripe.PaymentMethod {
  refuseUnplayed(params, ['allow_redisplay', 'billing_details', 'card', 'metadata', 'type'])
  if (!params.type) throw missingParameter('type')
  if (params.type !== 'card') throw notServed('type', `payment methods of type ${params.type}`)
  const extras: CardExtras = {
    billingDetails: readBillingDetails(noBillingDetails, params.billing_details),
    allowRedisplay: params.allow_redisplay,
    metadata: mergeMetadata({}, params.metadata),
  }
  const card = params.card
  if (!card) throw missingParameter('card')
  refuseUnplayed(card as Record<string, unknown>, ['cvc', 'exp_month', 'exp_year', 'number', 'token'], 'card')
  if ('token' in card && card.token) {
    const testCard = findTestCardByToken(card.token)
    if (!testCard) throw noSuch('token', card.token, 'card[token]', 400)
    return createCard(world, { number: testCard.number, ...unspecifiedExpiry(world) }, extras)
  }
  const { number, exp_month, exp_year, cvc } = card as Stripe.PaymentMethodCreateParams.Card
  for (const [name, value] of Object.entries({ number, exp_month, exp_year })) {
    if (value === undefined) throw missingParameter(`card[${name}]`)
  }
  const details = { number: number!, expMonth: exp_month!, expYear: exp_year! }
  return createCard(world, checkCardDetails(details, cvc, world.clock.now()), { ...extras, hasCvc: cvc !== undefined })
}

function update({ world, cause, ids, params }: Call<Stripe.PaymentMethodUpdateParams>): Stripe.PaymentMethod {
  refuseUnplayed(params, ['allow_redisplay', 'billing_details', 'card', 'metadata'])
  refuseUnplayed(params.card ?? {}, ['exp_month', 'exp_year'], 'card')
  const before = findPaymentMethod(world, ids.id!, 'payment_method', 404)
  if (!before.customer) {
    throw refuse('You must save this PaymentMethod to a customer before you can update it.', {
      param: 'payment_method',
    })
  }
  if (params.card && !before.card) throw refuse('This PaymentMethod is not a card.', { param: 'card' })
  const method: Stripe.PaymentMethod = {
    ...before,
    ...(before.card ? { card: withExpiry(world, before.card, cardOnFile(world, before).number, params.card) } : {}),
    billing_details: readBillingDetails(before.billing_details, params.billing_details),
    metadata: mergeMetadata(before.metadata, params.metadata),
    allow_redisplay: params.allow_redisplay ?? before.allow_redisplay,
  }
  world.store.put('paymentMethods', method.id, method)
  emitEvent(world, cause, 'payment_method.updated', method, before)
  return method
}

function withExpiry(
  world: World,
  card: Stripe.PaymentMethod.Card,
  number: string,
  given: Stripe.PaymentMethodUpdateParams['card'] = {},
): Stripe.PaymentMethod.Card {
  const expiry = { expMonth: given.exp_month ?? card.exp_month, expYear: given.exp_year ?? card.exp_year }
  const { expMonth, expYear } = checkCardDetails({ number, ...expiry }, undefined, world.clock.now())
  return { ...card, exp_month: expMonth, exp_year: expYear }
}

function attach({ world, cause, ids, params }: Call<Stripe.PaymentMethodAttachParams>): Stripe.PaymentMethod {
  refuseUnplayed(params, ['customer'])
  if (!params.customer) throw missingParameter('customer')
  const customer = livingCustomer(world, params.customer, 'customer')
  const method = findPaymentMethod(world, ids.id!, 'payment_method', 404)
  if (method.customer && method.customer !== customer.id) {
    throw refuse('The payment method you provided has already been attached to a customer.')
  }
  refuseSpentCard(world, method)
  const outcome = decideOutcome(cardOnFile(world, method), {
    purpose: 'save',
    isOffSession: false,
    isAuthenticated: true,
  })
  if (outcome.kind === 'declined') throw cardError(declineBody(outcome.decline, method, null), null)
  return attachCard(world, cause, method, customer.id)
}

function detach({ world, cause, ids }: Call): Stripe.PaymentMethod {
  const method = findPaymentMethod(world, ids.id!, 'payment_method', 404)
  if (!method.customer) {
    throw refuse('The payment method you provided is not attached to a customer so detachment is impossible.')
  }
  return detachCard(world, cause, method)
}

const noBillingDetails: Stripe.PaymentMethod.BillingDetails = {
  address: fullAddress({}),
  email: null,
  name: null,
  phone: null,
  tax_id: null,
}

function readBillingDetails(
  current: Stripe.PaymentMethod.BillingDetails,
  given: Stripe.PaymentMethodUpdateParams['billing_details'],
): Stripe.PaymentMethod.BillingDetails {
  if (!given) return current
  const { address, ...plain } = given
  const withPlain = { ...current, ...(plain as Partial<Stripe.PaymentMethod.BillingDetails>) }
  return address === undefined ? withPlain : { ...withPlain, address: fullAddress(address || {}) }
}

/** Test tokens carry an expiry a year ahead. */
function unspecifiedExpiry(world: World): { expMonth: number; expYear: number } {
  const now = new Date(world.clock.now() * 1000)
  return { expMonth: now.getUTCMonth() + 1, expYear: now.getUTCFullYear() + 1 }
}

const fallbackCard: Pick<TestCard, 'brand' | 'funding' | 'country'> = {
  brand: 'visa',
  funding: 'credit',
  country: 'US',
}

function describeCard({ number, expMonth, expYear }: CardDetails, hasCvc: boolean): Stripe.PaymentMethod.Card {
  const { brand, funding, country } = findTestCard(number) ?? fallbackCard
  return {
    brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: hasCvc ? 'pass' : 'unchecked' },
    country,
    display_brand: brand === 'amex' ? 'american_express' : brand,
    exp_month: expMonth,
    exp_year: expYear,
    fingerprint: stableToken(`card ${number}`, 16),
    funding,
    generated_from: null,
    last4: number.slice(-4),
    networks: { available: [brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  }
}
