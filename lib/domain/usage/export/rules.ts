/** How a day's amount is divided among classes of tokens for the FOCUS export. Pure. */

import type { Rate } from '@/lib/core/money'
import { type Quotient, quotientOf } from '../explain/rules'

/** One class of tokens of a row of the rollup: how many, and the rate in force; null where there was none. */
export interface ClassUse {
  tokens: bigint
  rate: Rate | null
}

export interface ClassCost {
  /** What is billed, in nanos; over all classes exactly the row's amount. */
  billed: bigint
  /** Tokens times the rate, with every digit; null where the day had more than one price. */
  list: Quotient | null
}

/**
 * Divides what a row cost among its classes in the ratio of tokens times rate; the nanos that this leaves over go to the largest
 * remainders. Rounding happens once in each event, so tokens times rate of a whole day may differ from what was charged by as
 * many nanos as there were events: by more only when the price changed in between, and then there is no one rate to show.
 */
export function divideCost(amount: bigint, events: bigint, uses: ClassUse[]): ClassCost[] {
  const quotients = uses.map(({ tokens, rate }) => rate && quotientOf(rate, tokens))
  const per = quotients.find((quotient) => quotient !== null)?.per ?? 1n
  const weights = quotients.map((quotient) => quotient?.numerator ?? 0n)
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  const difference = total > amount * per ? total - amount * per : amount * per - total
  const isOnePrice = difference <= events * per
  const shares = allot(amount, total > 0n ? weights : uses.map(({ tokens }) => tokens))
  return uses.map((_, place) => ({ billed: shares[place]!, list: isOnePrice ? (quotients[place] ?? null) : null }))
}

/** Whole shares of an amount in the ratio of the weights that add up to it exactly. */
export function allot(amount: bigint, weights: bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n)
  if (total === 0n) return weights.map((_, place) => (place === 0 ? amount : 0n))
  const shares = weights.map((weight) => (amount * weight) / total)
  let left = amount - shares.reduce((sum, share) => sum + share, 0n)
  const byRemainder = weights
    .map((weight, place) => ({ place, remainder: (amount * weight) % total }))
    .sort((a, b) => (a.remainder < b.remainder ? 1 : a.remainder > b.remainder ? -1 : a.place - b.place))
  for (const { place } of byRemainder) {
    if (left === 0n) break
    shares[place]! += 1n
    left -= 1n
  }
  return shares
}
