import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayMs } from '@/lib/core/time'
import { type BudgetWindow, endOfTime, firstPeriod, periodAt } from './rules'

/** Zones that skip and repeat hours at, before and after midnight, by whole hours, half hours and a whole day. */
const zones = [
  'UTC',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'America/Havana',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Beirut',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Etc/GMT+12',
]

const calendarWindows = ['daily', 'weekly', 'monthly'] as const

const window = fc.constantFrom(...calendarWindows)
const zone = fc.constantFrom(...zones)
const instant = fc.date({ min: new Date('2008-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })

const longest: Record<BudgetWindow, number> = {
  daily: 2 * dayMs,
  weekly: 9 * dayMs,
  monthly: 33 * dayMs,
  lifetime: Number.POSITIVE_INFINITY,
}

describe('in any window and zone', () => {
  test('the first period contains its instant', () => {
    fc.assert(
      fc.property(window, zone, instant, (window, zone, at) => {
        const period = firstPeriod(at, zone, window)
        expect(period.startsAt <= at && at < period.endsAt).toBe(true)
        expect(period.endsAt.getTime() - period.startsAt.getTime()).toBeLessThan(longest[window])
      }),
      { numRuns: 600 },
    )
  })

  test('periods follow one another without a gap, whatever the zone is by then, and wherever time stops', () => {
    const steps = fc.array(fc.record({ zone, days: fc.double({ min: 0, max: 45, noNaN: true }) }), { maxLength: 12 })
    fc.assert(
      fc.property(window, zone, instant, steps, (window, zone, begin, steps) => {
        let at = begin
        let period = firstPeriod(at, zone, window)
        for (const step of steps) {
          at = new Date(at.getTime() + Math.floor(step.days * dayMs))
          const next = periodAt(period, at, step.zone, window)
          expect(next.startsAt <= at && at < next.endsAt).toBe(true)
          if (next !== period) {
            expect(next.period > period.period).toBe(true)
            expect(next.startsAt >= period.endsAt).toBe(true)
          }
          period = next
        }
      }),
      { numRuns: 600 },
    )
  })

  test('neighbours touch, and a period does not depend on when it is looked at', () => {
    fc.assert(
      fc.property(window, zone, instant, (window, zone, at) => {
        const period = firstPeriod(at, zone, window)
        const next = periodAt(period, period.endsAt, zone, window)
        expect(next.startsAt).toEqual(period.endsAt)
        expect(periodAt(period, new Date(next.endsAt.getTime() - 1), zone, window)).toEqual(next)
        expect(periodAt(period, new Date(period.endsAt.getTime() - 1), zone, window)).toBe(period)
      }),
      { numRuns: 600 },
    )
  })

  test('a clock that steps back reopens nothing', () => {
    fc.assert(
      fc.property(window, zone, instant, (window, zone, at) => {
        const period = firstPeriod(at, zone, window)
        expect(periodAt(period, new Date(at.getTime() - 400 * dayMs), zone, window)).toBe(period)
      }),
    )
  })
})

describe('by the calendar', () => {
  test.each([
    ['daily', 'UTC', '2026-11-21T09:00:00Z', '2026-11-21', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z'],
    ['weekly', 'UTC', '2026-11-21T09:00:00Z', '2026-W47', '2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z'],
    ['monthly', 'UTC', '2026-11-21T09:00:00Z', '2026-11', '2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'],
    // The days around New Year belong to the week of the year that has most of it.
    ['weekly', 'UTC', '2027-01-03T23:59:59Z', '2026-W53', '2026-12-28T00:00:00Z', '2027-01-04T00:00:00Z'],
    ['weekly', 'UTC', '2024-12-30T00:00:00Z', '2025-W01', '2024-12-30T00:00:00Z', '2025-01-06T00:00:00Z'],
    // 23 and 25 hours.
    ['daily', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['daily', 'Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    ['weekly', 'America/New_York', '2026-11-01T12:00:00Z', '2026-W44', '2026-10-26T04:00:00Z', '2026-11-02T05:00:00Z'],
    // Midnight does not exist on that day.
    ['daily', 'Africa/Cairo', '2026-04-24T12:00:00Z', '2026-04-24', '2026-04-23T22:00:00Z', '2026-04-24T21:00:00Z'],
  ] as const)('%s in %s at %s is %s', (window, zone, at, period, startsAt, endsAt) => {
    expect(firstPeriod(new Date(at), zone, window)).toEqual({
      period,
      startsAt: new Date(startsAt),
      endsAt: new Date(endsAt),
      timeZone: zone,
    })
  })

  test('the hour that is repeated over midnight belongs to the new day', () => {
    // At 00:01 on November 7, 2010 clocks in St John’s went back to 23:01 of the day before.
    const repeated = new Date('2010-11-07T02:45:00Z')
    expect(firstPeriod(repeated, 'America/St_Johns', 'daily').period).toBe('2010-11-07')
  })

  test('the day that a zone skipped has no period', () => {
    const day = firstPeriod(new Date('2011-12-29T12:00:00Z'), 'Pacific/Apia', 'daily')
    const next = periodAt(day, new Date('2011-12-31T12:00:00Z'), 'Pacific/Apia', 'daily')
    expect([day.period, next.period]).toEqual(['2011-12-29', '2012-01-01'])
  })

  test('a zone further west makes the running day longer, one further east shorter', () => {
    const day = firstPeriod(new Date('2026-11-30T12:00:00Z'), 'UTC', 'daily')
    const turn = new Date('2026-12-01T00:00:00Z')
    expect(periodAt(day, turn, 'America/Los_Angeles', 'daily')).toMatchObject({
      period: '2026-12-01',
      startsAt: turn,
      endsAt: new Date('2026-12-02T08:00:00Z'),
    })
    expect(periodAt(day, turn, 'Pacific/Auckland', 'daily')).toMatchObject({
      period: '2026-12-01',
      startsAt: turn,
      endsAt: new Date('2026-12-01T11:00:00Z'),
    })
  })

  test('a lifetime never turns', () => {
    const at = new Date('2026-11-21T09:00:00Z')
    const life = firstPeriod(at, 'UTC', 'lifetime')
    expect(life).toEqual({ period: 'lifetime', startsAt: at, endsAt: endOfTime, timeZone: 'UTC' })
    expect(periodAt(life, new Date('2999-01-01T00:00:00Z'), 'Asia/Tokyo', 'lifetime')).toBe(life)
  })
})
