import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { cancelPaymentIntent } from '../resources/payment-intents'
import { cancelSetupIntent } from '../resources/setup-intents'
import type { Cause, World } from '../state/world'

/** Closes an open session; nobody can pay it any more. */
export function expireSession(world: World, cause: Cause, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  const payment = session.payment_intent && world.store.get('paymentIntents', session.payment_intent as string)
  if (payment) cancelPaymentIntent(world, cause, payment, 'expired' as Stripe.PaymentIntent.CancellationReason)
  const setup = session.setup_intent && world.store.get('setupIntents', session.setup_intent as string)
  if (setup) cancelSetupIntent(world, cause, setup, 'abandoned')
  const expired = world.store.put('checkoutSessions', session.id, { ...session, status: 'expired', url: null })
  world.store.remove('chores', `expire ${session.id}`)
  emitEvent(world, cause, 'checkout.session.expired', expired)
  return expired
}
