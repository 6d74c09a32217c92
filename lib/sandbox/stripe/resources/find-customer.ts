import type Stripe from 'stripe'
import { noSuch } from '../http/errors'
import type { World } from '../state/world'

/** The customer, unless unknown or deleted. `status` is 400 when the id came as a parameter. */
export function livingCustomer(world: World, id: string, param: string, status: 400 | 404 = 400): Stripe.Customer {
  const customer = world.store.get('customers', id)
  if (!customer || customer.deleted) throw noSuch('customer', id, param, status)
  return customer as Stripe.Customer
}
