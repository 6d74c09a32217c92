import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { charge, money } from '@/lib/core/money'
import { addQuotients, type Charged, printQuotient, quotientOf, repaymentsOf, roundQuotient, shareOf } from './rules'

const rate = (nanos: bigint) => ({ amount: money(nanos), per: 1_000_000n })

describe('a quotient', () => {
  test('shows every digit, and rounds half up once', () => {
    const quotient = quotientOf(rate(950_000_000n), 130n)
    expect(printQuotient(quotient)).toBe('0.0001235')
    const below = addQuotients([quotientOf(rate(1n), 500_000n), quotientOf(rate(3n), 1n)])
    expect(printQuotient(below)).toBe('0.000000000500003')
    expect(roundQuotient(below)).toBe(1n)
    expect(roundQuotient(quotientOf(rate(1n), 499_999n))).toBe(0n)
  })

  test('rounded is the charge, for any rates and tokens', () => {
    const lines = fc.array(fc.tuple(fc.bigInt(0n, 10n ** 12n), fc.bigInt(0n, 10n ** 7n)), {
      minLength: 1,
      maxLength: 3,
    })
    fc.assert(
      fc.property(lines, (pairs) => {
        const priced = pairs.map(([nanos, quantity]) => ({ rate: rate(nanos), quantity }))
        const total = addQuotients(priced.map((line) => quotientOf(line.rate, line.quantity)))
        expect(roundQuotient(total)).toBe(charge(priced).nanos)
      }),
    )
  })
})

/** A transfer: what its events cost, and how much of that grants covered. */
const transfers = fc
  .record({
    costs: fc.array(fc.bigInt(0n, 1000n), { minLength: 1, maxLength: 12 }),
    cuts: fc.array(fc.bigInt(1n, 800n), { maxLength: 5 }),
  })
  .map(({ costs, cuts }) => {
    const events: Charged[] = costs.map((nanos, place) => ({ eventKey: `e${(place * 7) % 13}-${place}`, nanos }))
    const total = costs.reduce((sum, nanos) => sum + nanos, 0n)
    let left = total
    const draws = cuts.flatMap((cut, place) => {
      const nanos = cut < left ? cut : left
      left -= nanos
      return nanos > 0n ? [{ grantId: `g${place}`, nanos }] : []
    })
    return { events, draws, total, uncovered: left }
  })

const sumOf = (parts: { nanos: bigint }[]) => parts.reduce((sum, { nanos }) => sum + nanos, 0n)

describe('the shares of a transfer', () => {
  test('of each event add up to its charge, and of all events to the transfer, grant by grant', () => {
    fc.assert(
      fc.property(transfers, ({ events, draws, total, uncovered }) => {
        const shares = events.map(({ eventKey, nanos }) => {
          const share = shareOf(eventKey, events, draws)
          expect(sumOf(share.draws) + share.uncovered.to - share.uncovered.from).toBe(nanos)
          return share
        })
        for (const { grantId, nanos } of draws) {
          expect(sumOf(shares.flatMap((share) => share.draws.filter((draw) => draw.grantId === grantId)))).toBe(nanos)
        }
        const beyond = shares.map((share) => share.uncovered).filter(({ from, to }) => to > from)
        expect(beyond.reduce((sum, { from, to }) => sum + to - from, 0n)).toBe(uncovered)
        // The stretches below zero lie one after the other.
        const ordered = [...beyond].sort((a, b) => (a.from < b.from ? -1 : 1))
        ordered.forEach((stretch, place) => {
          expect(stretch.from).toBe(place === 0 ? 0n : ordered[place - 1]!.to)
        })
        expect(sumOf(draws) + uncovered).toBe(total)
      }),
    )
  })

  test('do not depend on the order in which the events are read', () => {
    fc.assert(
      fc.property(transfers, ({ events, draws }) => {
        const backwards = [...events].reverse()
        for (const { eventKey } of events)
          expect(shareOf(eventKey, backwards, draws)).toEqual(shareOf(eventKey, events, draws))
      }),
    )
  })
})

describe('a debt', () => {
  test('is paid in the order in which it was made, and what is not paid is still owed', () => {
    const repayments = [
      { seq: 5n, nanos: 30n },
      { seq: 9n, nanos: 100n },
    ]
    expect(repaymentsOf({ from: 0n, to: 50n }, 20n, repayments)).toEqual({
      paid: [
        { seq: 5n, nanos: 10n },
        { seq: 9n, nanos: 40n },
      ],
      owed: 0n,
    })
    expect(repaymentsOf({ from: 100n, to: 150n }, 0n, repayments)).toEqual({
      paid: [{ seq: 9n, nanos: 30n }],
      owed: 20n,
    })
  })

  test('is nowhere paid twice: over all stretches each repayment pays no more than it has', () => {
    const world = fc.record({
      stretches: fc.array(fc.bigInt(1n, 100n), { minLength: 1, maxLength: 8 }),
      payments: fc.array(fc.bigInt(1n, 150n), { maxLength: 8 }),
      before: fc.bigInt(0n, 100n),
    })
    fc.assert(
      fc.property(world, ({ stretches, payments, before }) => {
        const repayments = payments.map((nanos, place) => ({ seq: BigInt(place), nanos }))
        let at = 0n
        const all = stretches.map((length) => {
          const stretch = { from: at, to: at + length }
          at += length
          const { paid, owed } = repaymentsOf(stretch, before, repayments)
          expect(sumOf(paid) + owed).toBe(length)
          return { paid, owed }
        })
        for (const { seq, nanos } of repayments) {
          const taken = sumOf(all.flatMap(({ paid }) => paid.filter((part) => part.seq === seq)))
          expect(taken).toBeLessThanOrEqual(nanos)
        }
        const owed = all.reduce((sum, part) => sum + part.owed, 0n)
        const debt = before + at - sumOf(repayments)
        expect(owed).toBe(debt <= 0n ? 0n : debt < at ? debt : at)
      }),
    )
  })
})
