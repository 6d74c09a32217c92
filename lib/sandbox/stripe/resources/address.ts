import type Stripe from 'stripe'

/** An address with every part Stripe answers, null where none was given. */
export function fullAddress(address: Stripe.AddressParam): Stripe.Address {
  const { city = null, country = null, line1 = null, line2 = null, postal_code = null, state = null } = address
  return { city, country, line1, line2, postal_code, state }
}
