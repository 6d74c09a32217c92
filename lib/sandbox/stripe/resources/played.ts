import { notServed } from '../http/errors'

/**
 * Refuses parameters that Stripe takes but the sandbox does not act on: silence would look like success. `expand` works
 * everywhere. `within` names the parent of nested parameters.
 */
export function refuseUnplayed<P extends object>(params: P, played: readonly (keyof P & string)[], within = ''): void {
  for (const name of Object.keys(params)) {
    if (name === 'expand' || (played as readonly string[]).includes(name)) continue
    throw notServed(within ? `${within}[${name}]` : name)
  }
}

/** What every list takes. */
export const pageParams = ['limit', 'starting_after', 'ending_before'] as const
