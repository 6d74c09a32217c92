import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Refusal } from '@/lib/core/errors'
import { add, formatMoney, money, zero } from '@/lib/core/money'
import { addDays, dayEnd, dayKeyAt, daysBetween } from '@/lib/core/time'
import {
  type Burnable,
  burn,
  compareBurnOrder,
  daysLeft,
  debtPaid,
  expiredOf,
  expiryAfterDays,
  expiryAfterMonths,
  grantSources,
  isPaidSource,
  lastDay,
  parseLastDay,
  parsePromotion,
  type Warnable,
  warningDue,
} from './rules'

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

test('only what somebody paid for is paid credit', () => {
  expect(grantSources.filter(isPaidSource)).toEqual(['purchase', 'auto_top_up', 'invoice_payment'])
})

describe('burn order, whatever the grants', () => {
  const grants = fc.uniqueArray(
    fc.record({
      grantId: fc.string({ minLength: 1, maxLength: 3 }),
      source: fc.constantFrom(...grantSources),
      priority: fc.integer({ min: 1, max: 3 }),
      expiresAt: fc.option(fc.integer({ min: 1, max: 4 }).map(day)),
      grantedAt: fc.integer({ min: 1, max: 4 }).map(day),
      remaining: fc.bigInt({ min: 0n, max: 100n }).map((nanos) => money(nanos)),
    }),
    { maxLength: 7, selector: ({ grantId }) => grantId },
  )
  /** The documented order, as one text that sorts like it. */
  const place = ({ priority, expiresAt, source, grantedAt, grantId }: Burnable) =>
    [
      priority,
      expiresAt?.toISOString() ?? 'never',
      isPaidSource(source) ? 1 : 0,
      grantedAt.toISOString(),
      grantId,
    ].join('/')
  // Characters beyond ASCII sort by their units in both.
  const sorted = (all: Burnable[]) => [...all].sort((a, b) => (place(a) < place(b) ? -1 : 1))

  test('is priority, expiry, free before paid, age and then the id', () => {
    fc.assert(
      fc.property(grants, (all) => {
        expect([...all].sort(compareBurnOrder).map(({ grantId }) => grantId)).toEqual(
          sorted(all).map(({ grantId }) => grantId),
        )
      }),
    )
  })

  test('a charge empties each grant before it touches the next', () => {
    fc.assert(
      fc.property(grants, fc.bigInt({ min: 0n, max: 700n }), (all, amount) => {
        const { draws } = burn(all, money(amount))
        const open = sorted(all).filter(({ remaining }) => remaining.nanos > 0n)
        expect(draws.map(({ grantId }) => grantId)).toEqual(open.slice(0, draws.length).map(({ grantId }) => grantId))
        draws.slice(0, -1).forEach(({ amount: drawn }, index) => {
          expect(drawn).toEqual(open[index]!.remaining)
        })
      }),
    )
  })

  test('what expires is of grants whose time is over, as much as is free, and nothing else', () => {
    fc.assert(
      fc.property(grants, fc.bigInt({ min: -50n, max: 700n }), fc.integer({ min: 0, max: 5 }), (all, free, today) => {
        const at = day(today)
        const expired = expiredOf(all, at, money(free))
        const due = all.filter(({ expiresAt }) => expiresAt && expiresAt <= at)
        const left = due.reduce((sum, { remaining }) => sum + remaining.nanos, 0n)
        const total = expired.reduce((sum, { amount }) => sum + amount.nanos, 0n)
        const most = free < 0n ? 0n : free
        expect(total).toBe(left < most ? left : most)
        for (const { grantId, amount } of expired) {
          const grant = due.find((candidate) => candidate.grantId === grantId)!
          expect(amount.nanos > 0n && amount.nanos <= grant.remaining.nanos).toBe(true)
        }
      }),
    )
  })
})

test('a grant is over at its instant, not a millisecond before', () => {
  const grants = [aGrant('a', { expiresAt: day(20) }), aGrant('never')]
  expect(expiredOf(grants, new Date(day(20).getTime() - 1), money(20n))).toEqual([])
  expect(expiredOf(grants, day(20), money(20n))).toEqual([{ grantId: 'a', amount: money(10n) }])
})

const newYork = 'America/New_York'

test('the last day is the one before the instant, and the days left are counted on the calendar of the zone', () => {
  const expiresAt = dayEnd('2026-12-31', newYork)
  expect(lastDay(expiresAt, newYork)).toBe('2026-12-31')
  expect(daysLeft(expiresAt, new Date('2026-12-31T04:59:59Z'), newYork)).toBe(2)
  expect(daysLeft(expiresAt, new Date('2026-12-31T05:00:00Z'), newYork)).toBe(1)
  expect(daysLeft(expiresAt, expiresAt, newYork)).toBe(0)
})

describe('what the operator sets', () => {
  const at = new Date('2027-01-31T03:30:00Z')

  test('nothing: credit never expires', () => {
    expect(expiryAfterDays(at, undefined, 'UTC')).toBeNull()
    expect(expiryAfterMonths(at, undefined, 'UTC')).toBeNull()
  })

  test('days and months are those of the zone, through the end of the last day', () => {
    expect(expiryAfterDays(at, 30, 'UTC')).toEqual(new Date('2027-03-03T00:00:00Z'))
    // In New York it is still the 30th.
    expect(expiryAfterDays(at, 30, newYork)).toEqual(new Date('2027-03-02T05:00:00Z'))
    expect(expiryAfterMonths(at, 1, 'UTC')).toEqual(new Date('2027-03-01T00:00:00Z'))
    expect(expiryAfterMonths(at, 12, newYork)).toEqual(new Date('2028-01-31T05:00:00Z'))
  })
})

describe('a last day that an operator types', () => {
  const at = new Date('2026-11-21T03:00:00Z')
  const parse = (text: string, zone = newYork) => parseLastDay(text, 'expiresOn', at, zone)

  test('is from today on, in the zone', () => {
    expect(parse('2026-11-20')).toEqual(new Date('2026-11-21T05:00:00Z'))
    expect(parse('2026-12-31', 'Australia/Lord_Howe')).toEqual(new Date('2026-12-31T13:00:00Z'))
    expect(() => parse('2026-11-19')).toThrow(/is over in America\/New_York, where it is 2026-11-20/)
    expect(() => parse('2026-11-20', 'UTC')).toThrow(/is over/)
    expect(parse('2036-11-27')).toEqual(dayEnd('2036-11-27', newYork))
    expect(() => parse('2036-11-28')).toThrow(/at most 3660 days away/)
  })

  test.each(['', 'tomorrow', '2026-02-30', '2026-12-31T00:00:00Z', '31.12.2026'])('%o is no day', (text) => {
    expect(() => parse(text)).toThrow('expiresOn must be a day of the calendar such as "2026-12-20".')
    try {
      parse(text)
    } catch (error) {
      expect((error as Refusal).facts.field).toBe('expiresOn')
    }
  })
})

describe('warnings of expiry', () => {
  const zone = 'Europe/Paris'
  const aWarnable = (changes: Partial<Warnable> = {}): Warnable => ({
    remaining: money(10n),
    expiresAt: dayEnd('2026-12-31', zone),
    grantedAt: new Date('2026-06-01T10:00:00Z'),
    warnedDays: null,
    ...changes,
  })
  const noonOf = (day: string) => new Date(`${day}T11:00:00Z`)
  const due = (day: string, changes: Partial<Warnable> = {}) => warningDue(aWarnable(changes), noonOf(day), zone)

  test.each([
    ['2026-12-01', null],
    ['2026-12-02', 30],
    ['2026-12-24', 30],
    ['2026-12-25', 7],
    ['2026-12-30', 7],
    ['2026-12-31', 1],
  ])('on %s the warning of %s days has come', (today, days) => {
    expect(due(today)).toEqual(days === null ? null : { days, isSent: true })
  })

  test('the day begins at midnight of the zone', () => {
    expect(warningDue(aWarnable(), new Date('2026-12-01T22:59:59Z'), zone)).toBeNull()
    expect(warningDue(aWarnable(), new Date('2026-12-01T23:00:00Z'), zone)).toEqual({ days: 30, isSent: true })
  })

  test('each once: what was dealt with, or is less urgent, is not due again', () => {
    expect(due('2026-12-10', { warnedDays: 30 })).toBeNull()
    expect(due('2026-12-26', { warnedDays: 30 })).toEqual({ days: 7, isSent: true })
    expect(due('2026-12-26', { warnedDays: 7 })).toBeNull()
    expect(due('2026-12-26', { warnedDays: 1 })).toBeNull()
    expect(due('2026-12-31', { warnedDays: 7 })).toEqual({ days: 1, isSent: true })
    expect(due('2026-12-31', { warnedDays: 1 })).toBeNull()
  })

  test('nothing left, never expiring, or over: no warning', () => {
    expect(due('2026-12-31', { remaining: zero() })).toBeNull()
    expect(due('2026-12-31', { expiresAt: null })).toBeNull()
    expect(warningDue(aWarnable(), dayEnd('2026-12-31', zone), zone)).toBeNull()
    expect(warningDue(aWarnable(), new Date(dayEnd('2026-12-31', zone).getTime() - 1), zone)).not.toBeNull()
  })

  test.each([
    // Given 40 days before: all three. Given 20 before: not the first. Given 7 before: only the last. Given on the last day: none.
    ['2026-11-22', { 30: true, 7: true, 1: true }],
    ['2026-12-12', { 30: false, 7: true, 1: true }],
    ['2026-12-25', { 30: null, 7: false, 1: true }],
    ['2026-12-31', { 30: null, 7: null, 1: false }],
  ])('given on %s, those are sent that are still ahead', (given, sent) => {
    const seen: Record<number, boolean | null> = { 30: null, 7: null, 1: null }
    let warnedDays: number | null = null
    for (let today = given; today <= '2026-12-31'; today = addDays(today, 1)) {
      const warning = due(today, { grantedAt: noonOf(given), warnedDays })
      if (!warning) continue
      expect(seen[warning.days]).toBeNull()
      seen[warning.days] = warning.isSent
      warnedDays = warning.days
    }
    expect(seen).toEqual(sent)
  })

  test('however the clock jumps, warnings become more urgent, each is sent once, and none too early', () => {
    const jumps = fc.array(fc.integer({ min: 0, max: 20 * 24 }), { maxLength: 20 })
    fc.assert(
      fc.property(jumps, fc.integer({ min: 1, max: 60 }), (hours, life) => {
        const grantedAt = noonOf(addDays('2026-12-31', -life))
        let at = grantedAt
        let warnedDays: number | null = null
        for (const jump of [0, ...hours]) {
          at = new Date(at.getTime() + jump * 3_600_000)
          const warning = warningDue(aWarnable({ grantedAt, warnedDays }), at, zone)
          if (!warning) continue
          const left = daysBetween(dayKeyAt(at, zone), '2027-01-01')
          expect(left).toBeGreaterThan(0)
          expect(left).toBeLessThanOrEqual(warning.days)
          if (warnedDays !== null) expect(warning.days).toBeLessThan(warnedDays)
          if (warning.isSent) expect(life + 1).toBeGreaterThan(warning.days)
          warnedDays = warning.days
        }
      }),
    )
  })
})

describe('what an operator may give', () => {
  const refusal = (text: string, mayGiveMore: boolean): Refusal => {
    try {
      parsePromotion(text, mayGiveMore)
    } catch (error) {
      return error as Refusal
    }
    throw new Error(`${text} was not refused`)
  }

  test.each([
    ['20.00', false],
    ['0.01', false],
    [' 5 ', false],
    ['1000', true],
  ])('%s', (text, mayGiveMore) => {
    expect(Number(formatMoney(parsePromotion(text, mayGiveMore)))).toBe(Number(text))
  })

  test.each([
    ['20.01', false, 'amount_too_large'],
    ['1000.01', true, 'amount_too_large'],
    ['0', true, 'invalid_amount'],
    ['-5', true, 'invalid_amount'],
    ['1.005', true, 'invalid_amount'],
    ['a lot', true, 'invalid_amount'],
  ])('%s is refused', (text, mayGiveMore, code) => {
    expect(refusal(text, mayGiveMore)).toMatchObject({ code, facts: { field: 'amount' } })
  })

  test('support is told whom to ask', () => {
    expect(refusal('21', false).message).toBe(
      'You may give at most $20.00 at once. Ask finance or an admin to give more.',
    )
    expect(refusal('1001', true).message).toBe('You may give at most $1,000.00 at once.')
  })
})
