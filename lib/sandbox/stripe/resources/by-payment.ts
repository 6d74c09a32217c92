import type Stripe from 'stripe'
import { noSuch } from '../http/errors'
import { listPage } from '../http/lists'
import type { World } from '../state/world'
import { pageParams, refuseUnplayed } from './played'

interface OfPayment {
  charge?: string
  payment_intent?: string
}

/** What was made of payments, newest first: of all, or of one charge or payment. */
export function listByPayment(
  world: World,
  collection: 'refunds' | 'disputes' | 'earlyFraudWarnings',
  params: OfPayment & Stripe.PaginationParams & { created?: Stripe.RangeQueryParam | number },
  path: string,
) {
  refuseUnplayed(params, [...pageParams, 'charge', 'created', 'payment_intent'])
  checkPayment(world, params)
  const { charge, payment_intent: intent } = params
  const found = world.store
    .newestFirst(collection)
    .filter((object) => charge === undefined || object.charge === charge)
    .filter((object) => intent === undefined || object.payment_intent === intent)
  return listPage(found, params, path)
}

/** Throws when something is asked for by a charge or payment that does not exist. */
export function checkPayment(world: World, { charge, payment_intent: intent }: OfPayment): void {
  if (charge && !world.store.get('charges', charge)) throw noSuch('charge', charge, 'charge', 400)
  if (intent && !world.store.get('paymentIntents', intent)) {
    throw noSuch('payment_intent', intent, 'payment_intent', 400)
  }
}
