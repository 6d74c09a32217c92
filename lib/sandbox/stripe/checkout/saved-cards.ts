import type Stripe from 'stripe'
import type { World } from '../state/world'

/** The cards the page offers: those the customer agreed to see again. */
export function savedCards(world: World, session: Stripe.Checkout.Session): Stripe.PaymentMethod[] {
  const filters = session.saved_payment_method_options?.allow_redisplay_filters ?? ['always']
  if (!session.customer || session.mode === 'setup') return []
  return world.store
    .newestFirst('paymentMethods')
    .filter((method) => method.type === 'card' && method.customer === session.customer)
    .filter((method) => filters.includes(method.allow_redisplay!))
}
