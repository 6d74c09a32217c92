import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { add, money, zero } from '@/lib/core/money'
import { type Burnable, burn, compareBurnOrder, debtPaid } from './rules'

const day = (number: number) => new Date(Date.UTC(2026, 10, number))
const aGrant = (name: string, changes: Partial<Burnable> = {}): Burnable => ({
  grantId: name,
  source: 'purchase',
  remaining: money(10n),
  priority: 100,
  expiresAt: null,
  grantedAt: day(1),
  ...changes,
})

describe('burn order', () => {
  test('priority, then soonest expiry, then free before paid, then oldest', () => {
    const grants = [
      aGrant('newer', { grantedAt: day(2) }),
      aGrant('oldest'),
      aGrant('free', { source: 'signup', grantedAt: day(3) }),
      aGrant('expires late', { expiresAt: day(30) }),
      aGrant('expires soon', { expiresAt: day(20) }),
      aGrant('first by priority', { priority: 1, grantedAt: day(9) }),
    ]
    expect(grants.sort(compareBurnOrder).map((grant) => grant.grantId)).toEqual([
      'first by priority',
      'expires soon',
      'expires late',
      'free',
      'oldest',
      'newer',
    ])
  })
})

describe('burning', () => {
  test('takes from the first until it is empty, then from the next, and says what none covered', () => {
    const grants = [aGrant('b', { grantedAt: day(2) }), aGrant('a')]
    expect(burn(grants, money(25n))).toEqual({
      draws: [
        { grantId: 'a', amount: money(10n) },
        { grantId: 'b', amount: money(10n) },
      ],
      uncovered: money(5n),
    })
  })

  test('whatever the grants: draws and the uncovered part add up, and no grant gives more than it has', () => {
    const grants = fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 1000n }), fc.integer({ min: 0, max: 3 })), {
      maxLength: 8,
    })
    fc.assert(
      fc.property(grants, fc.bigInt({ min: 0n, max: 5000n }), (remainders, amount) => {
        const all = remainders.map(([left, priority], index) =>
          aGrant(`g${index}`, { remaining: money(left), priority }),
        )
        const { draws, uncovered } = burn(all, money(amount))
        const drawn = draws.map((draw) => draw.amount).reduce(add, zero())
        expect(drawn.nanos + uncovered.nanos).toBe(amount)
        for (const draw of draws) {
          expect(draw.amount.nanos).toBeLessThanOrEqual(
            all.find((grant) => grant.grantId === draw.grantId)!.remaining.nanos,
          )
        }
        const total = all.reduce((sum, grant) => sum + grant.remaining.nanos, 0n)
        expect(uncovered.nanos > 0n).toBe(amount > total)
      }),
    )
  })
})

test.each([
  [5n, 10n, 0n],
  [0n, 10n, 0n],
  [-4n, 10n, 4n],
  [-40n, 10n, 10n],
])('a balance of %s takes of a grant of %s first %s for its debt', (balance, amount, paid) => {
  expect(debtPaid(money(balance), money(amount)).nanos).toBe(paid)
})
