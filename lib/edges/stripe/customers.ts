import { ask, checkId, isMissing } from './problems'

/**
 * Creates the customer of an account. The same `idempotencyKey` with the same facts gives the same customer.
 * @throws Refusal `payment_provider_unavailable`
 */
export async function createCustomer(input: {
  idempotencyKey: string
  email: string
  name: string
  metadata: Record<string, string>
}): Promise<{ customerId: string }> {
  const { idempotencyKey, email, name, metadata } = input
  const customer = await ask('customer', (client) =>
    client.customers.create({ email, ...(name && { name }), metadata }, { idempotencyKey }),
  )
  return { customerId: customer.id }
}

/** Whether the customer still exists at Stripe. @throws Refusal `payment_provider_unavailable` */
export async function customerExists(customerId: string): Promise<boolean> {
  try {
    const customer = await ask('customer', (client) => client.customers.retrieve(checkId(customerId, 'cus')))
    return customer.deleted !== true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

/** A customer that carries this mark in its metadata, or null. @throws Refusal `payment_provider_unavailable` */
export async function findCustomer(by: {
  email: string
  metadata: Record<string, string>
}): Promise<{ customerId: string } | null> {
  const page = await ask('list', (client) => client.customers.list({ email: by.email, limit: 100 }))
  const marks = Object.entries(by.metadata)
  const found = page.data.find(({ metadata }) => marks.every(([name, value]) => metadata[name] === value))
  return found ? { customerId: found.id } : null
}

export interface CustomerPlace {
  line1: string
  line2: string
  city: string
  state: string
  postalCode: string
  /** Two letters. */
  country: string
}

/** Says where a customer is: what tax is worked out from. A customer that is gone stays gone. @throws Refusal `payment_provider_unavailable` */
export async function placeCustomer(customerId: string, place: CustomerPlace): Promise<void> {
  const { line1, line2, city, state, postalCode: postal_code, country } = place
  const given = Object.entries({ line1, line2, city, state, postal_code, country }).filter(([, value]) => value !== '')
  try {
    await ask('customer', (client) =>
      client.customers.update(checkId(customerId, 'cus'), { address: Object.fromEntries(given) }),
    )
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}
