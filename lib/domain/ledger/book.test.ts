import fc from 'fast-check'
import { expect, test } from 'vitest'
import { add, atLeastZero, isNegative, money, subtract, sum, zero } from '@/lib/core/money'
import { AccountBook } from './book'
import { signedAmount } from './rules'

const usd = (nanos: number | bigint) => money(BigInt(nanos), 'usd')
const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n))
const anEmptyBook = () => new AccountBook('a', zero('usd'), zero('usd'), 0n, '0'.repeat(64), [])

const bought = (book: AccountBook, nanos: number, expiresAt: Date | null = null) =>
  book.credit('purchase', `purchase:${book.head.seq}`, { source: 'purchase', amount: usd(nanos), expiresAt }, day(0))

const left = (book: AccountBook) => book.openGrants.map(({ remaining }) => remaining.nanos)

test('credit is taken back from its own grant first, then from the others in burn order, then as a debt', () => {
  const book = anEmptyBook()
  const [older, taken, newer] = [bought(book, 30), bought(book, 50), bought(book, 20)]
  book.charge('usage:4/m', usd(45), day(1)) // all of the first, 15 of the second
  expect(left(book)).toEqual([0n, 35n, 20n])
  const { uncovered } = book.takeBack('refund', 'refund:1/1', { grantId: taken.grantId, amount: usd(40) }, day(1))
  expect([left(book), uncovered.nanos, book.balance.nanos]).toEqual([[0n, 0n, 15n], 0n, 15n])
  const again = book.takeBack('dispute_lost', 'dispute:1/1', { grantId: older.grantId, amount: usd(30) }, day(1))
  expect([left(book), again.uncovered.nanos, book.balance.nanos]).toEqual([[0n, 0n, 0n], 15n, -15n])
  expect(book.leftOf(newer.grantId).nanos).toBe(0n)
})

test('credit that is given back pays the debt first, and the rest is its own grant again', () => {
  const book = anEmptyBook()
  const grant = bought(book, 50)
  book.charge('usage:2/m', usd(30), day(1))
  book.takeBack('refund', 'refund:1/1', { grantId: grant.grantId, amount: usd(50) }, day(1))
  expect(book.balance.nanos).toBe(-30n)
  book.giveBack('refund_reversed', 'refund:1/2', { grantId: grant.grantId, amount: usd(50) }, day(1))
  expect([book.balance.nanos, left(book)]).toEqual([20n, [20n]])
})

test('a grant never gets more back than it was', () => {
  const book = anEmptyBook()
  const grant = bought(book, 50)
  expect(() =>
    book.giveBack('refund_reversed', 'refund:1/1', { grantId: grant.grantId, amount: usd(1) }, day(1)),
  ).toThrow('never has more')
})

test('a grant that the book does not know has nothing left, and gets nothing back', () => {
  const book = anEmptyBook()
  expect(book.leftOf('nowhere').nanos).toBe(0n)
  expect(() => book.giveBack('refund_reversed', 'refund:1/1', { grantId: 'nowhere', amount: usd(1) }, day(1))).toThrow()
})

test('credit expires at its instant, not before', () => {
  const book = anEmptyBook()
  bought(book, 50, day(10))
  expect(book.expireDue(new Date(day(10).getTime() - 1))).toEqual([])
  expect(book.expireDue(day(10))).toMatchObject([{ kind: 'expiry', amount: usd(50), seq: 2n }])
  expect(book.expireDue(day(11))).toEqual([])
  expect([book.balance.nanos, left(book)]).toEqual([0n, [0n]])
})

test('credit that open holds stand on, or that is used and not yet posted, expires when they close', () => {
  const book = anEmptyBook()
  bought(book, 50, day(10))
  bought(book, 20)
  book.hold(usd(60))
  expect(book.expireDue(day(10), usd(3)).map(({ amount }) => amount.nanos)).toEqual([7n])
  expect(book.available.nanos).toBe(3n)
  book.free(usd(60))
  book.charge(`usage:${book.head.seq + 1n}/m`, usd(3), day(10))
  expect(book.expireDue(day(10)).map(({ amount }) => amount.nanos)).toEqual([40n])
  expect([book.balance.nanos, left(book)]).toEqual([20n, [0n, 20n]])
})

test('of several grants that are due, as much stays as holds stand on', () => {
  const book = anEmptyBook()
  bought(book, 10, day(2))
  bought(book, 10, day(1))
  book.hold(usd(5))
  book.expireDue(day(3))
  expect(sum(book.openGrants.map(({ remaining }) => remaining)).nanos).toBe(5n)
  expect(book.available.nanos).toBe(0n)
})

const steps = fc.array(
  fc.record({
    what: fc.constantFrom('buy', 'use', 'take', 'give', 'hold', 'free', 'expire'),
    amount: fc.integer({ min: 1, max: 100 }),
    which: fc.nat(5),
    days: fc.nat(20),
  }),
  { maxLength: 60 },
)

test('whatever happens, the balance is the sum of its movements, and the grants have what it owns', () => {
  fc.assert(
    fc.property(steps, (history) => {
      const book = anEmptyBook()
      const taken = new Map<string, bigint>()
      let at = 0
      for (const { what, amount, which, days } of history) {
        const grant = book.openGrants[which % Math.max(1, book.openGrants.length)]
        at += days / 10
        const cause = `x:${book.head.seq}`
        if (what === 'buy') bought(book, amount, which % 2 ? day(at + days) : null)
        else if (what === 'use') book.charge(cause, usd(amount), day(at))
        else if (what === 'hold') book.hold(usd(amount))
        else if (what === 'free' && book.held.nanos >= amount) book.free(usd(amount))
        else if (what === 'expire') {
          const before = book.available
          book.expireDue(day(at))
          expect(book.available.nanos).toBeGreaterThanOrEqual(before.nanos < 0n ? before.nanos : 0n)
        } else if (what === 'take' && grant) {
          const most = grant.amount.nanos - (taken.get(grant.grantId) ?? 0n)
          const nanos = BigInt(amount) < most ? BigInt(amount) : most
          if (nanos > 0n) {
            book.takeBack('refund', cause, { grantId: grant.grantId, amount: usd(nanos) }, day(at))
            taken.set(grant.grantId, (taken.get(grant.grantId) ?? 0n) + nanos)
          }
        } else if (what === 'give' && grant) {
          const nanos = taken.get(grant.grantId) ?? 0n
          if (nanos > 0n)
            book.giveBack('refund_reversed', cause, { grantId: grant.grantId, amount: usd(nanos) }, day(at))
          taken.delete(grant.grantId)
        }
        book.checkGrants()
      }
      const moved = book.newTransfers.reduce((total, { kind, amount }) => total + signedAmount(kind, amount.nanos), 0n)
      expect(book.balance.nanos).toBe(moved)
      for (const grant of book.openGrants) {
        const drawn = book.newDraws.filter((draw) => draw.grantId === grant.grantId)
        expect(
          subtract(
            grant.amount,
            drawn.reduce((total, draw) => add(total, draw.amount), zero('usd')),
          ),
        ).toEqual(grant.remaining)
        expect(isNegative(grant.remaining)).toBe(false)
      }
      expect(sum(book.openGrants.map(({ remaining }) => remaining))).toEqual(atLeastZero(book.balance))
    }),
    { numRuns: 500 },
  )
})
