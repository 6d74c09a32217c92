import { expect, test } from 'vitest'
import { dayKeyAt, isTimeZone, monthEnd, monthKeyAt, monthStart } from './time'

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
