/** Tiers: what reaches them and what they bring (PRODUCT "Tiers, quotas, rate limits"). Pure; also runs in the browser. */
import { compare, isPositive, type Money, most, parseMoney, subtract } from '@/lib/core/money'
import { type TokenCounts, type TokenTerms, tokenKinds } from '../token-limits/rules'

/** The rung that an account has reached; 0: none yet. */
export type ReachedTier = 0 | 1 | 2 | 3 | 4

/** Unlimited by contract stands above all of them. */
export type Tier = ReachedTier | 'unlimited'

export const sizeClasses = ['small', 'medium', 'large'] as const
export type SizeClass = (typeof sizeClasses)[number]

/** What the operator decides about tiers and token limits, for every account. */
export interface HouseLimits {
  /** Spent or added, from which tiers 2, 3 and 4 are reached. */
  from: Record<2 | 3 | 4, Money>
  /** The highest monthly budget of each tier. */
  highestBudget: Record<1 | 2 | 3 | 4, Money>
  /** Whether prepaid accounts have a highest monthly budget as well. Post-paid ones always do. */
  limitsPrepaidBudgets: boolean
  tokens: {
    start: TokenCounts
    floor: TokenCounts
    /** The highest token limits by tier (0 and 1 have one list; so have 3, 4 and unlimited) and by the size class of the model. */
    ceilings: Record<'1' | '2' | '3', Record<SizeClass, TokenCounts>>
  }
}

/**
 * What holds until an operator decides otherwise. The ladder, the start and the ceilings from tier 3 are the product's. Below tier 3
 * they are ours: tier 1 stays at the start, tier 2 reaches a third of tier 3. The floor is two thirds of the start: as
 * high as the product's known answer allows, which stays at 2,621,440 below a start of 3,600,000. Whoever uses little falls no further,
 * and two raises lead back.
 */
export const usualHouseLimits: HouseLimits = {
  from: { 2: parseMoney('50'), 3: parseMoney('500'), 4: parseMoney('5000') },
  highestBudget: { 1: parseMoney('50'), 2: parseMoney('500'), 3: parseMoney('5000'), 4: parseMoney('50000') },
  limitsPrepaidBudgets: false,
  tokens: {
    start: { prompt: 3_600_000, uncached: 900_000, generated: 36_000 },
    floor: { prompt: 2_400_000, uncached: 600_000, generated: 24_000 },
    ceilings: {
      '1': {
        small: { prompt: 3_600_000, uncached: 900_000, generated: 36_000 },
        medium: { prompt: 3_600_000, uncached: 900_000, generated: 36_000 },
        large: { prompt: 3_600_000, uncached: 900_000, generated: 36_000 },
      },
      '2': {
        small: { prompt: 72_000_000, uncached: 18_000_000, generated: 720_000 },
        medium: { prompt: 14_400_000, uncached: 3_600_000, generated: 144_000 },
        large: { prompt: 7_200_000, uncached: 1_800_000, generated: 72_000 },
      },
      '3': {
        small: { prompt: 216_000_000, uncached: 54_000_000, generated: 2_160_000 },
        medium: { prompt: 43_200_000, uncached: 10_800_000, generated: 432_000 },
        large: { prompt: 21_600_000, uncached: 5_400_000, generated: 216_000 },
      },
    },
  },
}

/** What decides on a tier. Refunds do not lower what was added. */
export interface TierFacts {
  hasPaymentMethod: boolean
  hasBillingProfile: boolean
  /** Credit from paid purchases and automatic top-ups, ever. */
  added: Money
  /** The price of all usage, ever. */
  used: Money
}

/** Spent or added, whichever is more: what tiers 2 to 4 are measured by. */
export const measuredFor = ({ added, used }: TierFacts): Money => most(added, used)

/** The tier that an account deserves, and by what. */
export function deservedTier(
  facts: TierFacts,
  { from }: HouseLimits,
): { tier: ReachedTier; because: 'means' | 'added' | 'used' | null } {
  const measured = measuredFor(facts)
  const because = compare(facts.added, facts.used) >= 0 ? 'added' : 'used'
  for (const tier of [4, 3, 2] as const) if (compare(measured, from[tier]) >= 0) return { tier, because }
  return facts.hasPaymentMethod && facts.hasBillingProfile ? { tier: 1, because: 'means' } : { tier: 0, because: null }
}

/** The tier that counts: by contract, or the one reached. */
export const tierOf = ({ tier, isUnlimited }: { tier: ReachedTier; isUnlimited: boolean }): Tier =>
  isUnlimited ? 'unlimited' : tier

/** The highest monthly budget of a tier; null: none. Who has reached no tier has that of the first. */
export const highestBudgetOf = (tier: Tier, { highestBudget }: HouseLimits): Money | null =>
  tier === 'unlimited' ? null : highestBudget[tier === 0 ? 1 : tier]

/** The next rung by money and what is missing for it; null at the top, and below tier 1 while `measured` would not reach tier 2. */
export function nextTier(
  tier: Tier,
  measured: Money,
  { from }: HouseLimits,
): { tier: 2 | 3 | 4; missing: Money } | null {
  const next = ([2, 3, 4] as const).find((rung) => tier !== 'unlimited' && rung > tier)
  if (!next) return null
  const missing = subtract(from[next], measured)
  return isPositive(missing) ? { tier: next, missing } : null
}

/** The token limits of a model for an account: where they begin and between which bounds they move. */
export function tokenTermsOf(
  { tokens: { start, floor, ceilings } }: HouseLimits,
  { tier, own }: { tier: Tier; own: TokenCounts | null },
  size: SizeClass,
): TokenTerms {
  const row = tier === 'unlimited' || tier >= 3 ? '3' : tier === 2 ? '2' : '1'
  return { start, floor, ceiling: ceilings[row][size], own }
}

/** Whether the bounds are in order: the floor is not above the start, nor the start above a ceiling. */
export const areInOrder = ({ tokens: { start, floor, ceilings } }: HouseLimits): boolean =>
  tokenKinds.every(
    (kind) =>
      floor[kind] >= 1 &&
      floor[kind] <= start[kind] &&
      Object.values(ceilings).every((row) => sizeClasses.every((size) => row[size][kind] >= start[kind])),
  )

/** What an account may ask the operator for. */
export const askedKinds = ['requests', 'tokens', 'tier'] as const
export type AskedKind = (typeof askedKinds)[number]
export type AskedState = 'open' | 'granted' | 'declined' | 'withdrawn'
export const longestReason = 500
