import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutCredit } from './rules'

const usage = (amountCents: bigint) => ({ kind: 'usage' as const, amountCents })
const credit = (amountCents: bigint) => ({ kind: 'credit' as const, amountCents })

test('with automatic tax, what credit paid is taken off the lines of usage in their shares', () => {
  expect(withoutCredit([usage(5600n), usage(800n), credit(-100n)])).toEqual([usage(5512n), usage(788n)])
  expect(withoutCredit([usage(5600n), usage(800n)])).toEqual([usage(5600n), usage(800n)])
})

test('whatever credit paid, no line is negative and they add up to the same', () => {
  const cents = fc.bigInt({ min: 0n, max: 10_000_000n })
  fc.assert(
    fc.property(fc.array(cents, { minLength: 1, maxLength: 12 }), cents, (amounts, paid) => {
      const total = amounts.reduce((sum, amount) => sum + amount, 0n)
      fc.pre(paid > 0n && paid < total)
      const lines = withoutCredit([...amounts.map(usage), credit(-paid)])
      expect(lines.reduce((sum, { amountCents }) => sum + amountCents, 0n)).toBe(total - paid)
      expect(lines.every(({ amountCents }) => amountCents >= 0n)).toBe(true)
    }),
  )
})
