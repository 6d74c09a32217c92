import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { money } from '@/lib/core/money'
import { priceTokens } from '../../prices/rules'
import { csvLines } from './csv'
import { allot, divideCost } from './rules'

const rate = (nanos: bigint) => ({ amount: money(nanos), per: 1_000_000n })

describe('a cost divided among classes of tokens', () => {
  test('adds up to itself, whatever the weights', () => {
    const weights = fc.array(fc.bigInt(0n, 10n ** 15n), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 18n), weights, (amount, parts) => {
        const shares = allot(amount, parts)
        expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(amount)
        expect(shares.every((share) => share >= 0n)).toBe(true)
      }),
    )
  })

  test('follows tokens times rate to the nano of each event while one price was in force', () => {
    const events = fc.array(fc.tuple(fc.bigInt(0n, 5000n), fc.bigInt(0n, 5000n), fc.bigInt(0n, 5000n)), {
      minLength: 1,
      maxLength: 30,
    })
    const [input, cached, output] = [rate(950_000_000n), rate(190_000_000n), rate(4_000_000_000n)]
    fc.assert(
      fc.property(events, (all) => {
        const sum = (place: 0 | 1 | 2) => all.reduce((total, event) => total + event[place], 0n)
        const amount = all.reduce(
          (total, [fresh, old, out]) =>
            total +
            priceTokens(
              { input, cached_input: cached, output },
              { inputTokens: fresh + old, cachedInputTokens: old, outputTokens: out },
            ).nanos,
          0n,
        )
        const uses = [
          { tokens: sum(0), rate: input },
          { tokens: sum(1), rate: cached },
          { tokens: sum(2), rate: output },
        ]
        const costs = divideCost(amount, BigInt(all.length), uses)
        expect(costs.reduce((total, cost) => total + cost.billed, 0n)).toBe(amount)
        for (const [place, { billed, list }] of costs.entries()) {
          expect(list).not.toBeNull()
          const exact = (uses[place]!.tokens * uses[place]!.rate.amount.nanos) / 1_000_000n
          const apart = billed > exact ? billed - exact : exact - billed
          expect(apart).toBeLessThanOrEqual(BigInt(all.length) + 1n)
        }
      }),
    )
  })

  test('shows no unit price for a day on which the price changed', () => {
    const uses = [{ tokens: 1_000_000n, rate: rate(2_000_000_000n) }]
    expect(divideCost(1_500_000_000n, 2n, uses)).toEqual([{ billed: 1_500_000_000n, list: null }])
  })
})

describe('a CSV file', () => {
  test('keeps quotes, commas and lines within their cell, and runs no formula in a spreadsheet', () => {
    expect(csvLines([['a,b', 'say "hi"', null, 5]])).toBe('"a,b","say ""hi""",,5\r\n')
    for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1']) {
      expect(csvLines([[text]]).replaceAll('"', '')).toMatch(/^'/)
    }
  })
})
