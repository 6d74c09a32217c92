import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cents, formatMoney, isPositive, parseMoney } from '@/lib/core/money'
import {
  areInOrder,
  deservedTier,
  highestBudgetOf,
  nextTier,
  sizeClasses,
  type TierFacts,
  tokenTermsOf,
  usualHouseLimits,
} from './rules'

const facts = (added: string, used = '0', means = false): TierFacts => ({
  hasPaymentMethod: means,
  hasBillingProfile: means,
  added: parseMoney(added),
  used: parseMoney(used),
})

describe('a tier', () => {
  test.each([
    ['nothing at all', facts('0'), 0, null],
    ['a payment method and a billing profile', facts('0', '0', true), 1, 'means'],
    ['a payment method without a billing profile', { ...facts('0'), hasPaymentMethod: true }, 0, null],
    ['a cent less than $50', facts('49.99', '49.99', true), 1, 'means'],
    ['$50 added, without a card', facts('50'), 2, 'added'],
    ['$50 used', facts('20', '50'), 2, 'used'],
    ['$30 added and $30 used', facts('30', '30'), 0, null],
    ['$500', facts('500'), 3, 'added'],
    ['$5,000', facts('4999.99', '5000'), 4, 'used'],
  ] as const)('is reached by %s', (_what, own, tier, because) => {
    expect(deservedTier(own, usualHouseLimits)).toEqual({ tier, because })
  })

  test('more money is never a lower tier, and what is missing for the next one is what brings it', () => {
    const amount = fc.bigInt({ min: 0n, max: 1_000_000n })
    fc.assert(
      fc.property(amount, amount, (some, more) => {
        const own = { ...facts('0', '0', true), added: cents(some) }
        const { tier } = deservedTier(own, usualHouseLimits)
        expect(deservedTier({ ...own, used: cents(some + more) }, usualHouseLimits).tier).toBeGreaterThanOrEqual(tier)
        const next = nextTier(tier, own.added, usualHouseLimits)
        if (!next) {
          expect(tier).toBe(4)
          return
        }
        expect(isPositive(next.missing)).toBe(true)
        const reached = cents(some + next.missing.nanos / 10_000_000n)
        expect(deservedTier({ ...own, added: reached }, usualHouseLimits).tier).toBe(next.tier)
      }),
    )
  })

  test.each([
    [0, '50.00'],
    [1, '50.00'],
    [2, '500.00'],
    [3, '5000.00'],
    [4, '50000.00'],
  ] as const)('%s has a highest monthly budget', (tier, budget) => {
    expect(formatMoney(highestBudgetOf(tier, usualHouseLimits)!)).toBe(budget)
  })

  test('unlimited has none, and nothing above it', () => {
    expect(highestBudgetOf('unlimited', usualHouseLimits)).toBeNull()
    expect(nextTier('unlimited', parseMoney('1'), usualHouseLimits)).toBeNull()
  })
})

describe('token limits', () => {
  test('have the ceilings of the product from tier 3, by size class', () => {
    const ceilings = sizeClasses.map((size) => tokenTermsOf(usualHouseLimits, { tier: 3, own: null }, size).ceiling)
    expect(ceilings).toEqual([
      { prompt: 216_000_000, uncached: 54_000_000, generated: 2_160_000 },
      { prompt: 43_200_000, uncached: 10_800_000, generated: 432_000 },
      { prompt: 21_600_000, uncached: 5_400_000, generated: 216_000 },
    ])
    expect(tokenTermsOf(usualHouseLimits, { tier: 'unlimited', own: null }, 'small').ceiling).toEqual(ceilings[0])
  })

  test('are in order as they come, and a floor above the start is not', () => {
    expect(areInOrder(usualHouseLimits)).toBe(true)
    const { tokens } = usualHouseLimits
    expect(
      areInOrder({ ...usualHouseLimits, tokens: { ...tokens, floor: { ...tokens.start, prompt: 3_600_001 } } }),
    ).toBe(false)
  })
})
