import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from '@/lib/core/time'
import { firstPeriod } from '../../budgets/rules'
import {
  barsOf,
  boundsOf,
  daysOf,
  hoursOf,
  parseCursor,
  parseFilters,
  parseView,
  presetRange,
  previousRange,
  printCursor,
  rangeProblem,
  requireRange,
  viewParams,
} from './rules'

const today = '2026-11-21'

describe('a range', () => {
  test.each([
    ['2026-11-01', '2026-11-30', 'day', null],
    ['2026-02-30', '2026-11-30', 'day', 'bad_from'],
    ['2026-11-01', 'soon', 'day', 'bad_to'],
    ['2026-11-02', '2026-11-01', 'day', 'reversed'],
    ['2020-01-01', '2026-11-01', 'day', 'too_long'],
    ['2026-10-01', '2026-10-31', 'hour', null],
    ['2026-10-01', '2026-11-01', 'hour', 'too_long_for_hours'],
  ] as const)('from %s to %s by the %s: %s', (from, to, step, problem) => {
    expect(rangeProblem({ from, to }, step)).toBe(problem)
  })

  test('that is refused names its field and what to do', () => {
    expect(() => requireRange({ from: '2026-10-01', to: '2026-11-01' }, 'hour')).toThrow(/at most 31 days/)
    expect(() => requireRange({ from: '2026-10-01', to: '2026-11-01' }, 'hour')).toThrow(
      expect.objectContaining({ code: 'invalid_request', facts: expect.objectContaining({ field: 'step' }) }),
    )
  })

  test('is compared with as many days right before it', () => {
    expect(previousRange({ from: '2026-03-01', to: '2026-03-31' })).toEqual({ from: '2026-01-29', to: '2026-02-28' })
    expect(previousRange({ from: today, to: today })).toEqual({ from: '2026-11-20', to: '2026-11-20' })
  })

  test('of this month begins on its first day and ends today', () => {
    expect(presetRange('month', today)).toEqual({ from: '2026-11-01', to: today })
  })
})

describe('the instants of billing days', () => {
  const month = (period: string, startsAt: string, timeZone: string) => ({
    period,
    startsAt: new Date(startsAt),
    endsAt: firstPeriod(new Date(startsAt), timeZone).endsAt,
    timeZone,
  })

  test('follow the zone through a change of clocks', () => {
    const zone = 'America/New_York'
    const { startsAt, endsAt } = boundsOf({ from: '2026-11-01', to: '2026-11-01' }, [], zone)
    expect((endsAt.getTime() - startsAt.getTime()) / 3_600_000).toBe(25)
    expect(hoursOf(startsAt, endsAt).hours).toHaveLength(25)
  })

  test('meet without a gap where the zone was changed at the turn of the month', () => {
    const eastwards = [
      month('2026-11', '2026-11-01T00:00:00Z', 'UTC'),
      month('2026-12', '2026-12-01T00:00:00Z', 'Asia/Tokyo'),
    ]
    expect(boundsOf({ from: '2026-11-30', to: '2026-11-30' }, eastwards, 'Asia/Tokyo').endsAt.toISOString()).toBe(
      '2026-12-01T00:00:00.000Z',
    )
    expect(boundsOf({ from: '2026-12-01', to: '2026-12-01' }, eastwards, 'Asia/Tokyo')).toEqual({
      startsAt: new Date('2026-12-01T00:00:00Z'),
      endsAt: new Date('2026-12-01T15:00:00Z'),
    })
    // Westwards the new month begins while it is still the old one's last day there: that day is longer.
    const westwards = [
      month('2026-11', '2026-11-01T00:00:00Z', 'UTC'),
      month('2026-12', '2026-12-01T00:00:00Z', 'America/Los_Angeles'),
    ]
    expect(boundsOf({ from: '2026-11-30', to: '2026-11-30' }, westwards, 'America/Los_Angeles')).toEqual({
      startsAt: new Date('2026-11-30T00:00:00Z'),
      endsAt: new Date('2026-12-01T08:00:00Z'),
    })
  })

  test('meet as well where the month after the change has had no usage yet', () => {
    const november = [month('2026-11', '2026-11-01T00:00:00Z', 'UTC')]
    const turn = new Date('2026-12-01T00:00:00Z')
    expect(boundsOf({ from: '2026-11-30', to: '2026-11-30' }, november, 'Asia/Kolkata').endsAt).toEqual(turn)
    expect(boundsOf({ from: '2026-12-01', to: '2026-12-01' }, november, 'Asia/Kolkata')).toEqual({
      startsAt: turn,
      endsAt: new Date('2026-12-01T18:30:00Z'),
    })
    expect(boundsOf({ from: '2027-02-01', to: '2027-02-01' }, november, 'Asia/Kolkata').startsAt).toEqual(
      new Date('2027-01-31T18:30:00Z'),
    )
  })

  test('in a zone half an hour off, hours of neighbouring days meet and none is counted twice', () => {
    const zone = 'Asia/Kolkata'
    const [first, second] = ['2026-11-20', '2026-11-21'].map((day) => {
      const { startsAt, endsAt } = boundsOf({ from: day, to: day }, [], zone)
      return hoursOf(startsAt, endsAt)
    })
    expect(first!.endsAt).toEqual(second!.startsAt)
    expect(first!.hours).toHaveLength(24)
  })
})

describe('an address', () => {
  const id = '0199a1b2-0000-7000-8000-00000000000a'

  test('without a word shows the last 30 days by model', () => {
    expect(parseView({}, today)).toEqual({
      problem: null,
      view: {
        preset: '30d',
        range: { from: '2026-10-23', to: today },
        by: 'model',
        step: 'day',
        filters: { model: undefined, key: undefined, member: undefined, tag: undefined },
      },
    })
  })

  test('says today by the hour, and own days', () => {
    expect(parseView({ range: 'today' }, today).view).toMatchObject({ range: { from: today, to: today }, step: 'hour' })
    expect(parseView({ from: '2026-01-01', to: '2026-01-02', by: 'tag' }, today).view).toMatchObject({
      preset: null,
      range: { from: '2026-01-01', to: '2026-01-02' },
      by: 'tag',
    })
  })

  test('that asks for too many hours shows days, and says why', () => {
    const { view, problem } = parseView({ range: '90d', step: 'hour' }, today)
    expect(problem).toBe('too_long_for_hours')
    expect(view).toMatchObject({ preset: '90d', step: 'day' })
  })

  test('with a broken range shows one that works, and says why', () => {
    expect(parseView({ from: '2026-13-01', to: today }, today)).toMatchObject({
      problem: 'bad_from',
      view: { preset: '30d' },
    })
  })

  test('tells usage without a key from usage of every key, and a tag called "none" from no tag', () => {
    expect(parseView({ key: 'none', tag: 'none' }, today).view.filters).toMatchObject({ key: null, tag: 'none' })
    expect(parseView({ untagged: '1', key: id }, today).view.filters).toMatchObject({ key: id, tag: null })
    expect(() => parseFilters({ key: 'everything' })).toThrow(/key must be an id/)
  })

  test('made of a view is read as the same view', () => {
    const views = fc.record({
      range: fc.constantFrom('today', '7d', '30d', '90d', 'month', 'custom'),
      from: fc.constantFrom('2026-11-01', '2026-10-15'),
      to: fc.constantFrom('2026-11-02', '2026-11-20'),
      by: fc.constantFrom('model', 'key', 'member', 'tag'),
      step: fc.constantFrom('', 'day', 'hour'),
      model: fc.constantFrom('', 'gpt-oss-20b'),
      key: fc.constantFrom('', 'none', id),
      member: fc.constantFrom('', 'none', id),
      tag: fc.oneof(
        fc.constant(''),
        fc.string({ minLength: 1, maxLength: 64 }).map((text) => text.trim()),
      ),
      untagged: fc.constantFrom('', '1'),
    })
    fc.assert(
      fc.property(views, (params) => {
        const named = params.range === 'custom' ? params : { ...params, from: '', to: '' }
        const { view } = parseView(named, today)
        const again = parseView(Object.fromEntries(new URLSearchParams(viewParams(view))), today)
        expect(again).toEqual({ view, problem: null })
      }),
    )
  })
})

describe('a cursor', () => {
  test('is read as it was printed', () => {
    const cursor = {
      recordedAt: new Date('2026-11-21T07:12:33.123Z'),
      eventKey: '00000000-0000-0000-0000-00000000002a',
    }
    expect(parseCursor(printCursor(cursor))).toEqual(cursor)
  })

  test.each(['', '1', 'x.00000000-0000-0000-0000-00000000002a', "1.' or 1=1"])('cannot be %j', (text) => {
    expect(() => parseCursor(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })
})

describe('the bars of a chart', () => {
  test('cover every step once, in order, and are at most a hundred, whatever the range', () => {
    const counts = fc.integer({ min: 1, max: 1100 })
    fc.assert(
      fc.property(counts, fc.constantFrom('day' as const, 'hour' as const), (count, step) => {
        const days = daysOf({ from: today, to: addDays(today, count - 1) })
        const bars = barsOf(days, step)
        expect(bars.length).toBeLessThanOrEqual(100)
        expect(bars.flatMap(({ from, to }) => days.slice(days.indexOf(from), days.indexOf(to) + 1))).toEqual(days)
      }),
    )
  })
})
