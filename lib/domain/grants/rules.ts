/** Which credit burns first, and how a charge is split over grants. Pure. */
import { atLeastZero, compare, isPositive, isZero, least, type Money, negate, subtract } from '@/lib/core/money'

export const grantSources = ['signup', 'purchase', 'auto_top_up', 'promotion', 'adjustment'] as const
export type GrantSource = (typeof grantSources)[number]

/** Credit that somebody paid for; everything else was given. */
export const isPaidSource = (source: GrantSource): boolean => source === 'purchase' || source === 'auto_top_up'

/** What burn order looks at. */
export interface Burnable {
  grantId: string
  source: GrantSource
  remaining: Money
  priority: number
  expiresAt: Date | null
  grantedAt: Date
}

/** Burn order (PRODUCT "Using credit" 1): lower priority number, then soonest expiry, then free before paid, then oldest. */
export function compareBurnOrder(a: Burnable, b: Burnable): number {
  return (
    a.priority - b.priority ||
    expiry(a) - expiry(b) ||
    Number(isPaidSource(a.source)) - Number(isPaidSource(b.source)) ||
    a.grantedAt.getTime() - b.grantedAt.getTime() ||
    (a.grantId < b.grantId ? -1 : 1)
  )
}

// Two grants that never expire must compare as equal: Infinity - Infinity would not.
const expiry = (grant: Burnable): number => grant.expiresAt?.getTime() ?? Number.MAX_SAFE_INTEGER

export interface Draw {
  grantId: string
  amount: Money
}

/**
 * Splits `amount` over the grants in burn order. What the grants do not cover is `uncovered`: the balance goes below zero
 * by it, and the next grant pays it first.
 */
export function burn(grants: Burnable[], amount: Money): { draws: Draw[]; uncovered: Money } {
  let left = amount
  const draws: Draw[] = []
  for (const grant of [...grants].sort(compareBurnOrder)) {
    if (isZero(left)) break
    const taken = least(left, grant.remaining)
    if (!isPositive(taken)) continue
    draws.push({ grantId: grant.grantId, amount: taken })
    left = subtract(left, taken)
  }
  return { draws, uncovered: left }
}

/** How much of a new grant of `amount` pays the debt of an account whose balance was `balance` before it. */
export function debtPaid(balance: Money, amount: Money): Money {
  const debt = atLeastZero(negate(balance))
  return compare(debt, amount) < 0 ? debt : amount
}
