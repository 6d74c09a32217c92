import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  cents,
  charge,
  compare,
  displayExact,
  displayMoney,
  formatMoney,
  money,
  parseMoney,
  roundUpToCents,
  subtract,
  wholeCents,
} from './money'

const perMillion = (nanos: bigint) => ({ amount: money(nanos), per: 1_000_000n })
const anAmount = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map((nanos) => money(nanos))

describe('money on the wire', () => {
  test.each([
    ['50', 50_000_000_000n, '50.00'],
    ['50.00', 50_000_000_000n, '50.00'],
    ['0.000000001', 1n, '0.000000001'],
    ['-4.20', -4_200_000_000n, '-4.20'],
    ['0.125', 125_000_000n, '0.125'],
    ['0', 0n, '0.00'],
  ])('%s is %s nanos and prints as %s', (text, nanos, printed) => {
    expect(parseMoney(text).nanos).toBe(nanos)
    expect(formatMoney(parseMoney(text))).toBe(printed)
  })

  test.each([
    '',
    ' 1',
    '1e3',
    '1,000',
    '+5',
    '.5',
    '5.',
    '0.0000000001',
    'NaN',
    'Infinity',
    '0x10',
    '--1',
    '1.2.3',
    '١',
    '9999999999999',
  ])('"%s" is refused by the name of its field', (text) => {
    expect(() => parseMoney(text, 'limit')).toThrowError(
      expect.objectContaining({ code: 'invalid_amount', facts: expect.objectContaining({ field: 'limit' }) }),
    )
  })

  test('every amount survives being printed and parsed', () => {
    fc.assert(fc.property(anAmount, (amount) => parseMoney(formatMoney(amount)).nanos === amount.nanos))
  })
})

describe('arithmetic', () => {
  test('adding and taking away again changes nothing', () => {
    fc.assert(fc.property(anAmount, anAmount, (a, b) => compare(subtract(add(a, b), b), a) === 0))
  })

  test('two currencies never meet', () => {
    expect(() => add(money(1n, 'usd'), money(1n, 'eur'))).toThrow('currencies differ: usd and eur')
  })

  test('an absurd amount is refused', () => {
    expect(() => money(10n ** 19n)).toThrow(RangeError)
  })
})

describe('a charge', () => {
  test('is exact where the rate is: a nano-dollar is not lost among a million tokens', () => {
    expect(charge([{ rate: perMillion(950_000_000n), quantity: 18_059_974n }]).nanos).toBe(17_156_975_300n)
  })

  test.each([
    [1n, 499_999n, 0n],
    [1n, 500_000n, 1n],
    [3n, 500_000n, 2n],
    [1n, 1_499_999n, 1n],
  ])('of %s nanos a million for %s tokens is rounded once, half up, to %s', (rate, quantity, nanos) => {
    expect(charge([{ rate: perMillion(rate), quantity }]).nanos).toBe(nanos)
  })

  test('of several classes is rounded once, not once a class', () => {
    const half = { rate: perMillion(1n), quantity: 500_000n }
    expect(charge([half, half]).nanos).toBe(1n)
  })

  test('is within half a nano of the exact quotient', () => {
    const line = fc.record({
      rate: fc.bigInt({ min: 0n, max: 10n ** 11n }),
      quantity: fc.bigInt({ min: 0n, max: 10n ** 9n }),
    })
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), (lines) => {
        const exactMillionths = lines.reduce((total, { rate, quantity }) => total + rate * quantity, 0n)
        const { nanos } = charge(lines.map(({ rate, quantity }) => ({ rate: perMillion(rate), quantity })))
        const error = nanos * 1_000_000n - exactMillionths
        return error > -500_000n && error <= 500_000n
      }),
    )
  })

  test('refuses a negative quantity or rate: neither may mint money', () => {
    expect(() => charge([{ rate: perMillion(1n), quantity: -1n }])).toThrow('never negative')
    expect(() => charge([{ rate: perMillion(-1n), quantity: 1n }])).toThrow('never negative')
  })
})

describe('cents', () => {
  test.each([
    [cents(1999), 1999],
    [money(1n), null],
  ])('whole or not at all', (amount, expected) => expect(wholeCents(amount)).toBe(expected))

  test('rounding up never asks for less', () => {
    fc.assert(
      fc.property(anAmount, (amount) => {
        const rounded = roundUpToCents(amount)
        return (
          rounded.nanos >= amount.nanos && rounded.nanos - amount.nanos < 10_000_000n && wholeCents(rounded) !== null
        )
      }),
    )
  })
})

describe('what people see', () => {
  test.each([
    ['18.1405593', '$18.14'],
    ['0.995', '$1.00'],
    ['0.004', '<$0.01'],
    ['0', '$0.00'],
    ['-2.5', '−$2.50'],
    ['1234567.891', '$1,234,567.89'],
  ])('%s is shown as %s', (text, shown) => expect(displayMoney(parseMoney(text))).toBe(shown))

  test('the exact figure stands beside it', () => {
    expect(displayExact(parseMoney('18.1405593'))).toBe('$18.1405593 USD')
  })
})
