import { describe, expect, test } from 'vitest'
import { cents, percentSpent } from '@/lib/core/money'
import { assessWarning, firstPeriod, leftOfLimit, periodAt } from './rules'

const instant = (text: string) => new Date(text)

describe('billing months', () => {
  test('follow one another without a gap across daylight saving', () => {
    let period = firstPeriod(instant('2026-01-15T12:00:00Z'), 'America/New_York')
    for (let month = 2; month <= 14; month++) {
      const next = periodAt(period, period.endsAt, 'America/New_York')
      expect(next.startsAt).toEqual(period.endsAt)
      expect(periodAt(period, new Date(period.endsAt.getTime() - 1), 'America/New_York')).toBe(period)
      period = next
    }
    expect(period.period).toBe('2027-02')
  })

  test('a change of zone takes effect when the month turns, and the month in progress keeps its end', () => {
    const november = firstPeriod(instant('2026-11-10T00:00:00Z'), 'UTC')
    expect(periodAt(november, instant('2026-11-30T23:59:59Z'), 'Pacific/Auckland')).toBe(november)
    const december = periodAt(november, instant('2026-12-01T00:00:00Z'), 'Pacific/Auckland')
    expect(december).toEqual({
      period: '2026-12',
      startsAt: instant('2026-12-01T00:00:00Z'),
      endsAt: instant('2026-12-31T11:00:00Z'),
      timeZone: 'Pacific/Auckland',
    })
  })

  test('an account that slept for months wakes in the month of the day', () => {
    const march = firstPeriod(instant('2026-03-02T00:00:00Z'), 'Europe/Paris')
    expect(periodAt(march, instant('2026-11-21T08:00:00Z'), 'Europe/Paris').period).toBe('2026-11')
  })

  test('a clock that steps back reopens nothing', () => {
    const november = firstPeriod(instant('2026-11-10T00:00:00Z'), 'UTC')
    expect(periodAt(november, instant('2026-10-31T23:00:00Z'), 'UTC')).toBe(november)
  })
})

test('open holds count against the cap', () => {
  expect(leftOfLimit(cents(1000), cents(700), cents(200))).toEqual(cents(100))
  expect(leftOfLimit(cents(1000), cents(1200), cents(0))).toEqual(cents(0))
})

test.each([
  [1000, 799, 79],
  [1000, 800, 80],
  [0, 0, 100],
  [1000, 1500, 150],
])('of a cap of %s cents, %s spent is %s percent', (limit, spent, percent) => {
  expect(percentSpent(cents(limit), cents(spent))).toBe(percent)
})

describe('warnings', () => {
  test.each([
    { percent: 79, warned: 0, expected: { warnedPercent: 0, isNew: false } },
    { percent: 80, warned: 0, expected: { warnedPercent: 80, isNew: true } },
    { percent: 95, warned: 80, expected: { warnedPercent: 80, isNew: false } },
    { percent: 100, warned: 80, expected: { warnedPercent: 100, isNew: true } },
    { percent: 130, warned: 100, expected: { warnedPercent: 100, isNew: false } },
    { percent: 100, warned: 0, expected: { warnedPercent: 100, isNew: true } },
    { percent: 40, warned: 80, expected: { warnedPercent: 0, isNew: false } },
  ])('at $percent % after a warning of $warned %', ({ percent, warned, expected }) => {
    expect(assessWarning(percent, [80], warned)).toEqual(expected)
  })

  test('fall back and cross again: the warning re-arms', () => {
    const fallen = assessWarning(50, [80], 80)
    expect(assessWarning(81, [80], fallen.warnedPercent)).toEqual({ warnedPercent: 80, isNew: true })
  })
})
