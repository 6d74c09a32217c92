import type { SessionTax } from '../state/collections'

/**
 * The sandbox's own rates, in hundred-thousandths. They are chosen to be different from each other and easy to
 * recognise, not to be the law anywhere; places that are not listed collect nothing.
 */
const ratesPer100000: Record<string, number> = {
  'US-CA': 7_250,
  'US-NY': 8_875,
  'US-TX': 8_250,
  'US-WA': 10_000,
  AU: 10_000,
  CA: 5_000,
  CH: 8_100,
  DE: 19_000,
  ES: 21_000,
  FR: 20_000,
  GB: 20_000,
  IE: 23_000,
  IT: 22_000,
  NL: 21_000,
}

const reverseChargeIds: Record<string, string[]> = {
  eu_vat: ['DE', 'ES', 'FR', 'IE', 'IT', 'NL'],
  gb_vat: ['GB'],
}

/** What decides the tax of a purchase. */
export interface TaxFacts {
  country: string
  state: string | null
  taxIdType: string | null
  customerExemption: 'exempt' | 'none' | 'reverse'
}

/** The tax of a place: its rate, unless the customer is exempt or accounts for the tax themselves. */
export function taxFor({ country, state, taxIdType, customerExemption }: TaxFacts): SessionTax {
  const place = country.toUpperCase() === 'US' && state ? `US-${state.toUpperCase()}` : country.toUpperCase()
  const ratePer100000 = ratesPer100000[place] ?? 0
  if (customerExemption === 'exempt') return { ratePer100000: 0, place, reason: 'customer_exempt' }
  const isReverse = customerExemption === 'reverse' || (taxIdType && reverseChargeIds[taxIdType]?.includes(place))
  if (isReverse) return { ratePer100000: 0, place, reason: 'reverse_charge' }
  return { ratePer100000, place, reason: ratePer100000 ? 'standard_rated' : 'not_collecting' }
}
