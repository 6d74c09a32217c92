import type Stripe from 'stripe'

type MetadataGiven = Stripe.MetadataParam | '' | null | undefined

/** Merges given metadata into what is there: an empty value removes its key, an empty whole removes everything. */
export function mergeMetadata(current: Stripe.Metadata | null, given: MetadataGiven): Stripe.Metadata {
  if (given === undefined) return current ?? {}
  if (!given) return {}
  const merged = { ...current, ...given }
  return Object.fromEntries(
    Object.entries(merged)
      .filter(([, value]) => value !== null && value !== '')
      .map(([key, value]) => [key, String(value)]),
  )
}
