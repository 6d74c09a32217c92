import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { charge, formatMoney, money, parseMoney } from '@/lib/core/money'
import { mostCost, perMillionTokens } from '@/lib/domain/prices/rules'
import { chargeNanos, formatNanos, mostNanos, outputTokensFor, parseNanos, type Rates } from './money'

const rate = fc.integer({ min: 0, max: 1_000_000_000_000 })
const rates = fc.record({ input: rate, cachedInput: rate, output: rate })
const tokens = fc.integer({ min: 0, max: 1_000_000_000 })
const ofGate = ({ input, cachedInput, output }: Rates) => ({
  input: perMillionTokens(BigInt(input), 'usd'),
  cached_input: perMillionTokens(BigInt(cachedInput), 'usd'),
  output: perMillionTokens(BigInt(output), 'usd'),
})

describe('money in memory is the money of the gate', () => {
  test('every charge, rounded once, half up', () => {
    fc.assert(
      fc.property(rates, tokens, tokens, tokens, (prices, fresh, cached, output) => {
        const theirs = ofGate(prices)
        const expected = charge([
          { rate: theirs.input, quantity: BigInt(fresh) },
          { rate: theirs.cached_input, quantity: BigInt(cached) },
          { rate: theirs.output, quantity: BigInt(output) },
        ])
        fc.pre(expected.nanos <= BigInt(Number.MAX_SAFE_INTEGER))
        expect(BigInt(chargeNanos(prices, fresh + cached, cached, output))).toBe(expected.nanos)
      }),
      { numRuns: 2_000 },
    )
  })

  test('the known halves', () => {
    const half = { input: 500_000, cachedInput: 0, output: 499_999 }
    expect(chargeNanos(half, 1, 0, 0)).toBe(1)
    expect(chargeNanos(half, 0, 0, 1)).toBe(0)
    expect(
      chargeNanos({ input: 950_000_000, cachedInput: 0, output: 4_000_000_000 }, 1_000_000_000, 0, 1_000_000_000),
    ).toBe(4_950_000_000_000)
  })

  test('the most that a request can cost', () => {
    fc.assert(
      fc.property(
        rates,
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 0, max: 1e6 }),
        (prices, input, output) => {
          const expected = mostCost(ofGate(prices), BigInt(input), BigInt(output)).nanos
          expect(BigInt(mostNanos(prices, input, output))).toBe(expected)
        },
      ),
    )
  })

  test('output for an amount is the most that fits', () => {
    const priced = fc.record({ input: rate, cachedInput: rate, output: fc.integer({ min: 1_000_000, max: 1e12 }) })
    fc.assert(
      fc.property(
        priced,
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 1e12 }),
        (prices, input, nanos) => {
          const output = outputTokensFor(prices, input, nanos)
          if (output > 0) expect(mostNanos(prices, input, output)).toBeLessThanOrEqual(nanos)
          else expect(mostNanos(prices, input, 1) + 1).toBeGreaterThan(nanos)
          expect(mostNanos(prices, input, output + 2)).toBeGreaterThan(nanos)
        },
      ),
    )
  })

  test('reads and writes the same decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (nanos) => {
        const text = formatMoney(money(BigInt(nanos)))
        expect(formatNanos(nanos)).toBe(text)
        expect(parseNanos(text)).toBe(nanos)
        expect(BigInt(parseNanos(text))).toBe(parseMoney(text).nanos)
      }),
    )
  })

  test.each(['', '1e3', '-1', '.5', '1.', '1.0000000001', '9007200', ' 1', '0x10', 'NaN'])('refuses %j', (text) => {
    expect(() => parseNanos(text, 'maxCost')).toThrow(/maxCost/)
  })
})
