import type Stripe from 'stripe'
import { StripeError } from '../http/errors'
import { checkCardDetails } from '../payments/card-details'
import { confirmSetup } from '../payments/confirm-setup'
import { updateCustomer } from '../resources/customers'
import { createCard, detachCard } from '../resources/payment-methods'
import { createSetupIntent } from '../resources/setup-intents'
import type { PortalVisit } from '../state/collections'
import { noCause, type World } from '../state/world'
import { readCard } from './checkout-form'
import { messagePage } from './layout'
import { type PortalView, renderPortalPage, untouchedPortal } from './portal-page'

/** A visitor who does something has another hour. */
const idleSeconds = 3_600

export type PortalReply = { status: number; page: string } | { redirectUrl: string }

const gone: PortalReply = {
  status: 200,
  page: messagePage('This link has expired', 'Ask for a new one where you came from.'),
}

/** Answers a visitor of the billing portal; `form` is null when the page is only looked at. */
export function answerPortal(
  world: World,
  token: string,
  form: URLSearchParams | null,
  query: URLSearchParams,
): PortalReply | null {
  const visit = world.store.get('portalVisits', token)
  if (!visit) return null
  return world.store.transaction(() => {
    const now = world.clock.now()
    const customer = world.store.get('customers', visit.session.customer)
    if (visit.expiresAt <= now || !customer || customer.deleted) return gone
    world.store.put('portalVisits', token, { ...visit, expiresAt: now + idleSeconds })
    return form ? act(world, token, customer as Stripe.Customer, form) : look(world, token, query)
  })
}

function show(world: World, visit: PortalVisit, view: PortalView): PortalReply {
  return { status: 200, page: renderPortalPage(world, visit, view) }
}

/** Coming back from the bank is the moment when a card that needed approval is saved, or is not. */
function look(world: World, token: string, query: URLSearchParams): PortalReply {
  const visit = world.store.get('portalVisits', token)!
  const setup = world.store.get('setupIntents', query.get('setup_intent') ?? '')
  if (setup?.customer !== visit.session.customer) return show(world, visit, untouchedPortal)
  if (setup.status === 'succeeded') return finishAdding(world, token, setup)
  const decline = 'Your bank did not approve it. Try again or use another card.'
  return show(world, visit, { ...untouchedPortal, decline })
}

function act(world: World, token: string, customer: Stripe.Customer, form: URLSearchParams): PortalReply {
  const visit = world.store.get('portalVisits', token)!
  const configuration = world.store.get('portalConfigurations', visit.session.configuration as string)!
  const here = { redirectUrl: visit.session.url }
  if (!configuration.features.payment_method_update.enabled) return here
  if (form.get('action') === 'add') return addCard(world, token, customer, form)
  const method = world.store.get('paymentMethods', form.get('payment_method') ?? '')
  if (method?.customer !== customer.id) return here
  if (form.get('action') === 'remove') detachCard(world, noCause, method)
  if (form.get('action') === 'make_default') makeDefault(world, customer.id, method.id)
  return here
}

function addCard(world: World, token: string, customer: Stripe.Customer, form: URLSearchParams): PortalReply {
  const visit = world.store.get('portalVisits', token)!
  const problems: Record<string, string> = {}
  const field = (name: string) => (form.get(name) ?? '').trim()
  const values = { expiry: field('expiry'), name: field('name'), make_default: field('make_default') }
  const typed = readCard(field, problems)
  if (Object.keys(problems).length) return show(world, visit, { values, problems, decline: null })
  try {
    const details = checkCardDetails(typed, typed.cvc, world.clock.now())
    const billingDetails = {
      address: { city: null, country: 'US', line1: null, line2: null, postal_code: null, state: null },
      email: customer.email,
      name: field('name'),
      phone: null,
      tax_id: null,
    }
    const method = createCard(world, details, { allowRedisplay: 'always', billingDetails })
    const setup = createSetupIntent(world, noCause, { customer: customer.id, usage: 'off_session' })
    const isDefault = visit.session.flow !== null || values.make_default !== ''
    world.store.put('portalVisits', token, { ...visit, defaultAfterSetup: isDefault ? setup.id : null })
    const confirmation = { isAuthenticated: false, returnUrl: visit.session.url, sessionId: null }
    const result = confirmSetup(world, noCause, setup, method, confirmation)
    if (result.kind === 'requires_action') return { redirectUrl: result.challengeUrl }
    if (result.kind === 'settled') return finishAdding(world, token, result.intent)
    return show(world, visit, { values, problems, decline: result.error.message })
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    return show(world, visit, { values, problems, decline: error.body.message })
  }
}

/** The card is saved: makes it the default where that was asked for, and ends a flow. */
function finishAdding(world: World, token: string, setup: Stripe.SetupIntent): PortalReply {
  const visit = world.store.get('portalVisits', token)!
  if (visit.defaultAfterSetup === setup.id) {
    makeDefault(world, visit.session.customer, setup.payment_method as string)
    world.store.put('portalVisits', token, { ...visit, defaultAfterSetup: null })
  }
  const after = visit.session.flow?.after_completion
  if (after?.type === 'redirect') return { redirectUrl: after.redirect!.return_url }
  if (after?.type !== 'hosted_confirmation') {
    // The flow is over; what follows is the portal's own page.
    const session = { ...visit.session, flow: null }
    const now = world.store.get('portalVisits', token)!
    world.store.put('portalVisits', token, { ...now, session })
    return { redirectUrl: visit.session.url }
  }
  const link = visit.session.return_url ? { href: visit.session.return_url, label: 'Go back' } : undefined
  const text = after.hosted_confirmation?.custom_message ?? 'It will be used for your next payments.'
  return { status: 200, page: messagePage('Card saved', text, link) }
}

function makeDefault(world: World, customerId: string, methodId: string): void {
  const customer = world.store.get('customers', customerId) as Stripe.Customer
  updateCustomer(world, noCause, customer, { invoice_settings: { default_payment_method: methodId } })
}
