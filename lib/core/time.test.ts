import { expect, test } from 'vitest'
import {
  addDays,
  addMonths,
  dayEnd,
  dayKeyAt,
  daysBetween,
  isDay,
  isTimeZone,
  monthEnd,
  monthKeyAt,
  monthStart,
} from './time'

const zones = [
  'UTC',
  'America/New_York',
  'Europe/Paris',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Pacific/Kiritimati',
  'America/Santiago',
]

test.each(zones)('in %s every month ends where the next begins, and each instant is in its own month', (zone) => {
  let month = '2026-01'
  for (let count = 0; count < 36; count++) {
    const [start, end] = [monthStart(month, zone), monthEnd(month, zone)]
    const days = (end.getTime() - start.getTime()) / 86_400_000
    expect(days).toBeGreaterThan(27.9)
    expect(days).toBeLessThan(31.1)
    expect(monthKeyAt(start, zone)).toBe(month)
    expect(monthKeyAt(new Date(end.getTime() - 1), zone)).toBe(month)
    month = monthKeyAt(end, zone)
  }
})

test.each([
  ['2026-03-01', 'America/New_York', '2026-03-01T05:00:00.000Z'],
  ['2026-04-01', 'America/New_York', '2026-04-01T04:00:00.000Z'],
  ['2026-11-01', 'Pacific/Kiritimati', '2026-10-31T10:00:00.000Z'],
  ['2028-03-01', 'UTC', '2028-03-01T00:00:00.000Z'],
])('%s begins in %s at %s', (day, zone, instant) => {
  expect(monthStart(day.slice(0, 7), zone).toISOString()).toBe(instant)
  expect(dayKeyAt(new Date(instant), zone)).toBe(day)
})

test.each([
  ['Europe/Paris', true],
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Mars/Olympus', false],
  ['+02:00', false],
  ['', false],
])('%s as a zone: %s', (zone, known) => expect(isTimeZone(zone)).toBe(known))

/** What is usable through the end of a day ends at the first instant of the next one, whatever the clocks do that night. */
test.each([
  ['2026-12-31', 'UTC', '2027-01-01T00:00:00.000Z'],
  // America/New_York: the days on which the clock goes forward and back, and the days before them.
  ['2026-03-07', 'America/New_York', '2026-03-08T05:00:00.000Z'],
  ['2026-03-08', 'America/New_York', '2026-03-09T04:00:00.000Z'],
  ['2026-10-31', 'America/New_York', '2026-11-01T04:00:00.000Z'],
  ['2026-11-01', 'America/New_York', '2026-11-02T05:00:00.000Z'],
  ['2026-03-29', 'Europe/Paris', '2026-03-29T22:00:00.000Z'],
  ['2026-10-24', 'Europe/Paris', '2026-10-24T22:00:00.000Z'],
  ['2026-10-25', 'Europe/Paris', '2026-10-25T23:00:00.000Z'],
  // Half an hour of daylight saving.
  ['2026-12-31', 'Australia/Lord_Howe', '2026-12-31T13:00:00.000Z'],
  ['2026-04-04', 'Australia/Lord_Howe', '2026-04-04T13:00:00.000Z'],
  ['2026-04-05', 'Australia/Lord_Howe', '2026-04-05T13:30:00.000Z'],
  ['2026-10-03', 'Australia/Lord_Howe', '2026-10-03T13:30:00.000Z'],
  ['2026-10-04', 'Australia/Lord_Howe', '2026-10-04T13:00:00.000Z'],
  ['2026-12-31', 'Asia/Kolkata', '2026-12-31T18:30:00.000Z'],
  ['2026-12-31', 'Pacific/Kiritimati', '2026-12-31T10:00:00.000Z'],
  // Nights without a midnight: the next day begins at one o'clock.
  ['2026-09-05', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
  ['2026-04-04', 'America/Santiago', '2026-04-05T04:00:00.000Z'],
  ['2026-03-28', 'Asia/Beirut', '2026-03-28T22:00:00.000Z'],
  ['2026-10-24', 'Asia/Beirut', '2026-10-24T22:00:00.000Z'],
  // An hour after midnight that comes twice begins the day the first time.
  ['2026-10-31', 'America/Havana', '2026-11-01T04:00:00.000Z'],
  // A day that the whole country left out.
  ['2011-12-29', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ['2028-02-28', 'Europe/Paris', '2028-02-28T23:00:00.000Z'],
  ['2028-02-29', 'Europe/Paris', '2028-02-29T23:00:00.000Z'],
  ['2027-02-28', 'Asia/Kolkata', '2027-02-28T18:30:00.000Z'],
])('%s ends in %s at %s', (day, zone, instant) => {
  const end = dayEnd(day, zone)
  expect(end.toISOString()).toBe(instant)
  expect(dayKeyAt(new Date(end.getTime() - 1), zone)).toBe(day)
  expect(dayKeyAt(end, zone) > day).toBe(true)
})

test.each([...zones, 'Asia/Beirut', 'America/Havana'])(
  'in %s every day of three years ends where the next begins',
  (zone) => {
    let day = '2026-01-01'
    for (let count = 0; count < 3 * 366; count++) {
      const end = dayEnd(day, zone)
      expect(dayKeyAt(new Date(end.getTime() - 1), zone)).toBe(day)
      day = addDays(day, 1)
      expect(dayKeyAt(end, zone)).toBe(day)
    }
  },
)

test.each([
  ['2026-12-31', true],
  ['2028-02-29', true],
  ['2027-02-29', false],
  ['2026-13-01', false],
  ['2026-12-32', false],
  ['2026-12-31T00:00', false],
  ['26-12-31', false],
  ['+002026-12-31', false],
  ['', false],
])('%s as a day: %s', (text, is) => expect(isDay(text)).toBe(is))

test('days and months are counted on the calendar', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
  expect(addMonths('2026-01-31', 1)).toBe('2026-02-28')
  expect(addMonths('2026-11-21', 12)).toBe('2027-11-21')
  expect(daysBetween('2026-11-21', '2026-12-21')).toBe(30)
  expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2)
  expect(daysBetween('2026-11-21', '2026-11-20')).toBe(-1)
})
