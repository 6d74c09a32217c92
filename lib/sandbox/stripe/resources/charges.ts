import type Stripe from 'stripe'
import { emitEvent } from '../events/emit'
import { noSuch } from '../http/errors'
import { listPage } from '../http/lists'
import type { World } from '../state/world'
import { livingCustomer } from './find-customer'
import { mergeMetadata } from './metadata'
import { pageParams, refuseUnplayed } from './played'
import type { Call, Routes } from './routes'

export const chargeRoutes: Routes = {
  'GET /v1/charges': list,
  'GET /v1/charges/{id}': ({ world, ids }: Call) => findCharge(world, ids.id!),
  'POST /v1/charges/{id}': update,
}

function findCharge(world: World, id: string): Stripe.Charge {
  const charge = world.store.get('charges', id)
  if (!charge) throw noSuch('charge', id, 'id')
  return charge
}

function update({ world, cause, ids, params }: Call<Stripe.ChargeUpdateParams>): Stripe.Charge {
  refuseUnplayed(params, ['customer', 'description', 'metadata', 'receipt_email'])
  const before = findCharge(world, ids.id!)
  if (params.customer) livingCustomer(world, params.customer, 'customer')
  const charge = world.store.put('charges', before.id, {
    ...before,
    customer: params.customer ?? before.customer,
    description: params.description ?? before.description,
    metadata: mergeMetadata(before.metadata, params.metadata),
    receipt_email: params.receipt_email ?? before.receipt_email,
  })
  emitEvent(world, cause, 'charge.updated', charge, before)
  return charge
}

function list({ world, params }: Call<Stripe.ChargeListParams>) {
  refuseUnplayed(params, [...pageParams, 'created', 'customer', 'payment_intent'])
  const charges = world.store
    .newestFirst('charges')
    .filter((charge) => params.customer === undefined || charge.customer === params.customer)
    .filter((charge) => params.payment_intent === undefined || charge.payment_intent === params.payment_intent)
  return listPage(charges, params, '/v1/charges')
}
