import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from '@/lib/core/time'
import {
  backTest,
  backTestMonths,
  type DayOfUsage,
  everyDay,
  expectedOver,
  expectedSums,
  type Lot,
  lotsWithLimit,
  monthForecast,
  paceOf,
  runsOut,
  squareRoot,
  wholeDay,
} from './rules'

const cent = 10_000_000n
const dollar = 100n * cent
const firstDay = '2026-11-01'
const today = '2026-11-15'
const present = { today, restOfToday: wholeDay }

const daysOf = (dollars: number[], from = firstDay): DayOfUsage[] =>
  dollars.map((amount, index) => ({ day: addDays(from, index), nanos: BigInt(Math.round(amount * 100)) * cent }))
const steady = daysOf(Array(14).fill(2))
const lot = (dollars: number, lastDay: string | null = null): Lot => ({ nanos: BigInt(dollars) * dollar, lastDay })

describe('the day on which credit is used up', () => {
  test('usage that never varies runs out on one day', () => {
    expect(runsOut([lot(9)], 0n, paceOf(steady), present)).toEqual({
      kind: 'range',
      from: '2026-11-19',
      middle: '2026-11-19',
      to: '2026-11-19',
      expiring: 0n,
    })
  })

  test('what is left of today counts for its part', () => {
    const atNoon = { today, restOfToday: wholeDay / 2n }
    expect(runsOut([lot(9)], 0n, paceOf(steady), atNoon)).toMatchObject({ middle: '2026-11-19' })
    expect(runsOut([lot(10)], 0n, paceOf(steady), atNoon)).toMatchObject({ middle: '2026-11-20' })
    expect(runsOut([lot(10)], 0n, paceOf(steady), present)).toMatchObject({ middle: '2026-11-19' })
  })

  test('what open holds have set aside is as good as used', () => {
    expect(runsOut([lot(9)], 4n * dollar, paceOf(steady), present)).toMatchObject({ middle: '2026-11-17' })
    expect(runsOut([lot(9)], 9n * dollar, paceOf(steady), present)).toEqual({ kind: 'used_up' })
  })

  test('a grant that expires before it is used does not help', () => {
    const lots = [lot(20, '2026-11-16'), lot(3)]
    expect(runsOut(lots, 0n, paceOf(steady), present)).toMatchObject({ middle: '2026-11-18', expiring: 16n * dollar })
    expect(runsOut([lot(20, '2026-11-16')], 0n, paceOf(steady), present)).toMatchObject({ middle: '2026-11-16' })
  })

  test('with a contract, what the debt leaves of the credit limit burns after credit', () => {
    const reached = (lots: Lot[], balance: number, held = 0n) =>
      runsOut(lotsWithLimit(lots, BigInt(balance) * dollar, 12n * dollar), held, paceOf(steady), present)
    expect(reached([], -3)).toMatchObject({ from: '2026-11-19', to: '2026-11-19' })
    expect(reached([], 0)).toMatchObject({ middle: '2026-11-20' })
    expect(reached([lot(4)], 4)).toMatchObject({ middle: '2026-11-22' })
    expect(reached([lot(4, '2026-11-15')], 4)).toMatchObject({ middle: '2026-11-21', expiring: 2n * dollar })
    expect(reached([], -3, 5n * dollar)).toMatchObject({ middle: '2026-11-16' })
    expect([reached([], -12), reached([], -20), reached([], -3, 9n * dollar)]).toEqual(
      Array(3).fill({ kind: 'used_up' }),
    )
  })

  test('weekends are lighter where they were', () => {
    // 2026-11-01 is a Sunday; today, the 15th, too.
    const working = daysOf([0, 5, 5, 5, 5, 5, 0, 0, 5, 5, 5, 5, 5, 0])
    expect(runsOut([lot(25)], 0n, paceOf(working), present)).toMatchObject({ from: '2026-11-20', to: '2026-11-20' })
    expect(runsOut([lot(26)], 0n, paceOf(working), present)).toMatchObject({ from: '2026-11-23', to: '2026-11-23' })
  })

  test('thin data is said to be thin', () => {
    expect(runsOut([lot(9)], 0n, paceOf(daysOf(Array(14).fill(0))), present)).toEqual({ kind: 'no_usage' })
    expect(runsOut([lot(9)], 0n, paceOf([]), present)).toEqual({ kind: 'no_usage' })
    expect(paceOf(daysOf([1, 2, 3, 4, 5, 6]))).toEqual({ kind: 'too_little', daysWithUsage: 6 })
    expect(paceOf(daysOf([...Array(10).fill(0), 1, 2, 3, 4]))).toEqual({ kind: 'too_little', daysWithUsage: 4 })
    expect(paceOf(daysOf([1, 2, 3, 4, 5, 6, 7]))).toMatchObject({ kind: 'known', days: 7 })
  })

  test('more than a year away is not a date', () => {
    expect(runsOut([lot(800)], 0n, paceOf(steady), present)).toEqual({ kind: 'beyond' })
  })

  test('usage that could be almost nothing has no last day', () => {
    const spiky = daysOf([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 90, 1, 1])
    expect(runsOut([lot(40)], 0n, paceOf(spiky), present)).toMatchObject({ kind: 'range', to: null })
  })
})

const amounts = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 7, maxLength: 40 })
const lotsOf = fc.array(
  fc.record({ cents: fc.integer({ min: 1, max: 100_000 }), days: fc.option(fc.integer({ min: 0, max: 60 })) }),
  { minLength: 1, maxLength: 5 },
)
const made = (days: number[], lots: { cents: number; days: number | null }[], factor = 1n) => ({
  days: days.map((cents, index) => ({
    day: addDays(firstDay, index - days.length + 14),
    nanos: BigInt(cents) * cent * factor,
  })),
  lots: lots.map(({ cents, days }) => ({
    nanos: BigInt(cents) * cent * factor,
    lastDay: days === null ? null : addDays(today, days),
  })),
})
/** Days and their open end as comparable text. */
const orEnd = (day: string | null) => day ?? '9999-12-31'

describe('whatever was used', () => {
  test('ranges are in order, and their sums never shrink', () => {
    fc.assert(
      fc.property(amounts, lotsOf, fc.bigInt({ min: 0n, max: wholeDay }), (used, credit, restOfToday) => {
        const { days, lots } = made(used, credit)
        const pace = paceOf(days)
        const forecast = runsOut(lots, 0n, pace, { today, restOfToday })
        if (forecast.kind === 'range') {
          expect(forecast.from <= orEnd(forecast.middle)).toBe(true)
          expect(orEnd(forecast.middle) <= orEnd(forecast.to)).toBe(true)
        }
        if (pace.kind !== 'known') return
        let before = { low: 0n, middle: 0n, high: 0n }
        let count = 0
        for (const range of expectedSums(pace, restOfToday)) {
          expect(range.low <= range.middle && range.middle <= range.high).toBe(true)
          expect(range.low >= before.low && range.middle >= before.middle && range.high >= before.high).toBe(true)
          before = range
          if (++count === 40) break
        }
      }),
    )
  })

  test('more credit never runs out sooner, and more held never later', () => {
    fc.assert(
      fc.property(amounts, lotsOf, fc.integer({ min: 0, max: 50_000 }), (used, credit, more) => {
        const { days, lots } = made(used, credit)
        const pace = paceOf(days)
        const extra = BigInt(more) * cent
        const end = (forecast: ReturnType<typeof runsOut>) =>
          forecast.kind === 'range'
            ? [forecast.from, orEnd(forecast.middle), orEnd(forecast.to)]
            : Array(3).fill(forecast.kind === 'used_up' ? '' : '9999-12-31')
        const plain = end(runsOut(lots, 0n, pace, present))
        const richer = end(runsOut([...lots, { nanos: extra, lastDay: null }], 0n, pace, present))
        const held = end(runsOut(lots, extra, pace, present))
        if (pace.kind !== 'known') return
        for (const place of [0, 1, 2]) {
          expect(richer[place] >= plain[place]).toBe(true)
          expect(held[place] <= plain[place]).toBe(true)
        }
      }),
    )
  })

  test('ten times the usage and ten times the credit end on the same days', () => {
    fc.assert(
      fc.property(amounts, lotsOf, (used, credit) => {
        const [one, ten] = [made(used, credit), made(used, credit, 10n)]
        const [plain, scaled] = [one, ten].map(({ days, lots }) => runsOut(lots, 0n, paceOf(days), present))
        expect({ ...scaled!, expiring: 0n }).toEqual({ ...plain!, expiring: 0n })
        expect(backTest(ten.days)).toEqual(backTest(one.days))
      }),
    )
  })
})

describe('the month', () => {
  const month = { spent: 20n * dollar, cap: 40n * dollar, lastDay: '2026-11-30' }

  test('ends at what is spent and what is expected, and reaches the cap on a day', () => {
    const expected = { low: 52n * dollar, middle: 52n * dollar, high: 52n * dollar }
    expect(monthForecast(month, paceOf(steady), present)).toEqual({
      expected,
      capReached: { from: '2026-11-24', to: '2026-11-24' },
    })
    expect(monthForecast({ ...month, cap: 53n * dollar }, paceOf(steady), present)).toEqual({
      expected,
      capReached: null,
    })
    expect(monthForecast({ ...month, cap: null }, paceOf(steady), present)).toEqual({ expected, capReached: null })
  })

  test('has no forecast once the cap is reached, or when nothing is known', () => {
    expect(monthForecast({ ...month, spent: 40n * dollar }, paceOf(steady), present)).toBeNull()
    expect(monthForecast(month, { kind: 'no_usage' }, present)).toBeNull()
  })

  test('may reach the cap or not', () => {
    const uneven = daysOf([1, 2, 3, 2, 1, 2, 3, 3, 2, 1, 2, 3, 2, 1])
    const forecast = monthForecast({ ...month, cap: 53n * dollar }, paceOf(uneven), present)
    expect(forecast!.capReached).toEqual({ from: expect.stringMatching(/2026-11-(2|30)/), to: null })
  })
})

describe('the back-test', () => {
  test('usage that never varies is forecast without an error, once there is enough of it', () => {
    expect(backTest(daysOf(Array(21).fill(2)))).toMatchObject({ forecasts: 8, errorPercent: 0, insidePercent: 100 })
    expect(backTest(daysOf(Array(80).fill(2)))).toMatchObject({ forecasts: 30, errorPercent: 0 })
    expect(backTest(daysOf(Array(19).fill(2)))).toBeNull()
  })

  test('knows only what was known: usage that doubles every week is forecast at half at most', () => {
    const growing = daysOf(Array.from({ length: 42 }, (_, day) => 2 ** Math.floor(day / 7)))
    const { errorPercent, insidePercent } = backTest(growing)!
    expect(errorPercent).toBeGreaterThanOrEqual(50)
    expect(insidePercent).toBeLessThan(50)
  })

  test('what stopped is an error that no percentage can say', () => {
    expect(backTest(daysOf([...Array(14).fill(2), ...Array(14).fill(0)]))!.errorPercent).toBe(999)
  })

  test('past months are forecast as of the same day', () => {
    const days = everyDay(daysOf(Array(75).fill(2), '2026-09-01'), '2026-09-01', '2026-11-14')
    expect(backTestMonths(days, today)).toEqual({ forecasts: 2, errorPercent: 0, insidePercent: 100 })
    expect(backTestMonths(days.slice(50), today)).toBeNull()
  })

  test('covers about what it says when days are alike', () => {
    // A fixed sequence that looks like chance: nothing here depends on the run.
    let state = 7n
    const next = () => {
      state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n
      return Number(state >> 54n) / 100 + 1
    }
    let inside = 0
    const rounds = 400
    for (let round = 0; round < rounds; round++) {
      const days = daysOf(Array.from({ length: 21 }, next))
      const pace = paceOf(days.slice(0, 14))
      if (pace.kind !== 'known') throw new Error('there is enough')
      const { low, high } = expectedOver(pace, 7)
      const came = days.slice(14).reduce((sum, { nanos }) => sum + nanos, 0n)
      if (low <= came && came <= high) inside += 1
    }
    expect(inside / rounds).toBeGreaterThan(0.7)
    expect(inside / rounds).toBeLessThan(0.9)
  })
})

test('the root is whole and rounded down', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), (value) => {
      const root = squareRoot(value)
      expect(root * root <= value && (root + 1n) * (root + 1n) > value).toBe(true)
    }),
  )
})
