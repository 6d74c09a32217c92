import type Stripe from 'stripe'
import { buildSession } from '../checkout/build-session'
import { checkSessionParams } from '../checkout/check-params'
import { readDiscount } from '../checkout/discounts'
import { expireSession } from '../checkout/expire-session'
import { buildLineItems } from '../checkout/line-items'
import { applyTax, asksForTaxAddress, priceSession, purchaseOf } from '../checkout/price-session'
import { invalidParameter, noSuch, refuse } from '../http/errors'
import { listPage } from '../http/lists'
import type { World } from '../state/world'
import { checkAmount } from './amounts'
import { livingCustomer } from './find-customer'
import { mergeMetadata } from './metadata'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'
import { createSetupIntent } from './setup-intents'

export const checkoutSessionRoutes: Routes = {
  'POST /v1/checkout/sessions': create,
  'GET /v1/checkout/sessions': list,
  'GET /v1/checkout/sessions/{id}': ({ world, ids }: Call) => findSession(world, ids.id!),
  'POST /v1/checkout/sessions/{id}': update,
  'POST /v1/checkout/sessions/{id}/expire': expire,
  'GET /v1/checkout/sessions/{id}/line_items': ({
    world,
    ids,
    params,
  }: Call<Stripe.Checkout.SessionListLineItemsParams>) => {
    const { id } = findSession(world, ids.id!)
    const { lineItems } = world.store.get('sessionPlans', id)!
    return listPage(lineItems, params, `/v1/checkout/sessions/${id}/line_items`)
  },
}

export function findSession(world: World, id: string): Stripe.Checkout.Session {
  const session = world.store.get('checkoutSessions', id)
  if (!session) throw noSuch('checkout.session', id, 'session')
  return session
}

function create({ world, cause, params }: Call<Stripe.Checkout.SessionCreateParams>): Stripe.Checkout.Session {
  checkSessionParams(params, world.clock.now())
  if (params.customer) livingCustomer(world, params.customer, 'customer')
  const lineItems = buildLineItems(world, params.line_items ?? [])
  const session = buildSession(world, params, lineItems)
  world.store.put('sessionPlans', session.id, {
    sessionId: session.id,
    lineItems,
    paymentIntentData: params.payment_intent_data ?? {},
    setupIntentData: params.setup_intent_data ?? {},
    customerUpdate: params.customer_update ?? {},
    collected: null,
  })
  const id = `expire ${session.id}`
  world.store.put('chores', id, { id, kind: 'expire_session', target: session.id, dueAt: session.expires_at })
  if (session.mode !== 'setup') return priceNew(world, session, params)

  const intent = createSetupIntent(world, cause, {
    customer: params.customer,
    usage: 'off_session',
    description: params.setup_intent_data?.description,
    metadata: params.setup_intent_data?.metadata,
  })
  world.store.put('sessionOfIntent', intent.id, session.id)
  return world.store.put('checkoutSessions', session.id, { ...session, setup_intent: intent.id })
}

function priceNew(
  world: World,
  session: Stripe.Checkout.Session,
  params: Stripe.Checkout.SessionCreateParams,
): Stripe.Checkout.Session {
  const discount = readDiscount(world, params.discounts, purchaseOf(session))
  const priced = priceSession(world, session, { discount, tax: null })
  checkTotal(priced.amount_total!)
  if (!priced.automatic_tax.enabled || !priced.customer) return priced
  const { address } = livingCustomer(world, priced.customer as string, 'customer')
  if (!address?.country && !asksForTaxAddress(world, priced)) {
    throw refuse(
      "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set `customer_update[address]` to 'auto' to save the address entered in Checkout to the Customer.",
      { code: 'customer_tax_location_invalid', param: 'customer' },
    )
  }
  return applyTax(world, priced, address ?? null, null)
}

function checkTotal(total: number): void {
  if (total === 0) return
  if (total < 50) {
    throw invalidParameter(
      'The Checkout Session’s total amount due must add up to at least $0.50 usd',
      'line_items',
      'amount_too_small',
    )
  }
  checkAmount(total, 'line_items')
}

function update({ world, ids, params }: Call<Stripe.Checkout.SessionUpdateParams>): Stripe.Checkout.Session {
  refuseUnplayed(params, ['metadata', 'payment_intent_data'])
  refuseUnplayed(params.payment_intent_data ?? {}, ['description', 'metadata'], 'payment_intent_data')
  const session = findSession(world, ids.id!)
  const data = params.payment_intent_data
  if (data) {
    if (session.status !== 'open') throw refuse(`This Checkout Session has a status of ${session.status}.`)
    const plan = world.store.get('sessionPlans', session.id)!
    const metadata = mergeMetadata(mergeMetadata({}, plan.paymentIntentData.metadata), data.metadata)
    const description =
      data.description === undefined ? plan.paymentIntentData.description : data.description || undefined
    const paymentIntentData = { ...plan.paymentIntentData, description, metadata }
    world.store.put('sessionPlans', session.id, { ...plan, paymentIntentData })
  }
  return world.store.put('checkoutSessions', session.id, {
    ...session,
    metadata: mergeMetadata(session.metadata, params.metadata),
  })
}

function expire({ world, cause, ids }: Call): Stripe.Checkout.Session {
  const session = findSession(world, ids.id!)
  if (session.status !== 'open') {
    throw refuse(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    )
  }
  return expireSession(world, cause, session)
}

function list({ world, params }: Call<Stripe.Checkout.SessionListParams>) {
  refuseUnplayed(params, [...pageParams, 'created', 'customer', 'customer_details', 'payment_intent', 'status'])
  const sessions = world.store
    .newestFirst('checkoutSessions')
    .filter((session) => params.customer === undefined || session.customer === params.customer)
    .filter((session) => params.payment_intent === undefined || session.payment_intent === params.payment_intent)
    .filter((session) => params.status === undefined || session.status === params.status)
    .filter((session) => {
      const email = params.customer_details?.email
      return email === undefined || session.customer_details?.email === email
    })
  return listPage(sessions, params, '/v1/checkout/sessions')
}
