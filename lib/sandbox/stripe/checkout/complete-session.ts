import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { updateCustomer } from '../resources/customers'
import type { CollectedDetails, SessionPlan } from '../state/collections'
import { noCause, type World } from '../state/world'
import { redeem } from './discounts'
import { invoiceSession } from './invoice-session'

/**
 * Closes a session whose intent went through (null: nothing was due) and tells the world. Returns where the payer goes
 * next.
 */
export function completeSession(
  world: World,
  sessionId: string,
  intent: Stripe.PaymentIntent | Stripe.SetupIntent | null,
): string {
  const session = world.store.get('checkoutSessions', sessionId)!
  const plan = world.store.get('sessionPlans', sessionId)!
  const customer = session.customer
    ? (world.store.get('customers', session.customer as string) as Stripe.Customer)
    : null
  const completed: Stripe.Checkout.Session = {
    ...session,
    status: 'complete',
    payment_status: paymentStatus(session, intent),
    url: null,
    customer_details: describeCustomer(session, customer, plan.collected),
    consent: describeConsent(session, plan.collected),
    ...(session.mode === 'payment' ? { payment_intent: intent?.id ?? null } : {}),
  }
  const isPaid = completed.mode === 'payment' && completed.payment_status !== 'unpaid'
  world.store.put('checkoutSessions', sessionId, completed)
  world.store.remove('chores', `expire ${sessionId}`)
  if (intent) markCardForRedisplay(world, intent, plan)
  for (const discount of session.discounts ?? []) redeem(world, discount)
  const told = isPaid ? invoiceSession(world, completed, intent as Stripe.PaymentIntent | null) : completed
  emitEvent(world, noCause, 'checkout.session.completed', told)
  if (customer) applyCustomerUpdate(world, world.store.get('customers', customer.id) as Stripe.Customer, plan)
  return session.success_url!.replaceAll('{CHECKOUT_SESSION_ID}', sessionId)
}

function paymentStatus(
  session: Stripe.Checkout.Session,
  intent: Stripe.PaymentIntent | Stripe.SetupIntent | null,
): Stripe.Checkout.Session.PaymentStatus {
  if (session.mode === 'setup' || !intent) return 'no_payment_required'
  return intent.status === 'succeeded' ? 'paid' : 'unpaid'
}

function describeCustomer(
  session: Stripe.Checkout.Session,
  customer: Stripe.Customer | null,
  collected: CollectedDetails | null,
): Stripe.Checkout.Session.CustomerDetails {
  const country = { city: null, country: 'US', line1: null, line2: null, postal_code: null, state: null }
  return {
    address: collected?.address ?? (session.automatic_tax.enabled ? customer?.address : null) ?? country,
    business_name: collected?.businessName ?? null,
    email: customer?.email ?? session.customer_email ?? collected?.email ?? null,
    individual_name: null,
    name: collected?.businessName ?? collected?.name ?? customer?.name ?? null,
    phone: null,
    tax_exempt: customer?.tax_exempt ?? 'none',
    tax_ids: (collected?.taxId ? [collected.taxId] : []) as Stripe.Checkout.Session.CustomerDetails.TaxId[],
  }
}

function describeConsent(
  { consent_collection: asked }: Stripe.Checkout.Session,
  collected: CollectedDetails | null,
): Stripe.Checkout.Session.Consent | null {
  if (!asked) return null
  return {
    promotions: asked.promotions === 'auto' ? (collected?.acceptsPromotions ? 'opt_in' : 'opt_out') : null,
    terms_of_service: asked.terms_of_service === 'required' ? 'accepted' : null,
  }
}

/** A saved card paid with again keeps what was agreed before, unless the payer now agrees to more. */
function markCardForRedisplay(
  world: World,
  intent: Stripe.PaymentIntent | Stripe.SetupIntent,
  plan: SessionPlan,
): void {
  const method = world.store.get('paymentMethods', intent.payment_method as string)
  if (method && plan.collected?.savesCard && method.allow_redisplay !== 'always') {
    world.store.put('paymentMethods', method.id, { ...method, allow_redisplay: 'always' })
  }
}

function applyCustomerUpdate(
  world: World,
  customer: Stripe.Customer,
  { customerUpdate, collected }: SessionPlan,
): void {
  if (!collected) return
  const name = collected.businessName ?? collected.name
  updateCustomer(world, noCause, customer, {
    ...(customerUpdate.name === 'auto' && name ? { name } : {}),
    ...(customerUpdate.address === 'auto' && collected.address
      ? { address: collected.address as Stripe.AddressParam }
      : {}),
    // A customer made without an address to write to gets the one typed on the page.
    ...(!customer.email && collected.email ? { email: collected.email } : {}),
  })
}
