import { describe, expect, it } from 'vitest'
import { chooseLocale } from './choose-locale'
import { formatsOf } from './formats'
import { displayExact, displayMoney, money } from './money'

const [en, de, ar] = [formatsOf('en'), formatsOf('de'), formatsOf('ar')]

/** Marks of direction are not seen. */
const seen = (text: string) => text.replace(/[\u200e\u200f\u061c\u2066-\u2069]/g, '').replaceAll('\u00a0', ' ')

describe('money', () => {
  it.each([0n, 1n, 4_999_999n, 5_000_000n, 9_999_999n, 10_000_000n, 123_456_789_012_345_678n])(
    'is in English what the API’s words say, for %d nano-dollars and as much of debt',
    (nanos) => {
      for (const amount of [money(nanos), money(-nanos)]) {
        expect(en.money(amount)).toBe(displayMoney(amount))
        expect(en.exactMoney(amount)).toBe(displayExact(amount))
      }
    },
  )

  it('keeps all of eighteen digits, which no float holds', () => {
    expect(en.exactMoney('999999999.123456789')).toBe('$999999999.123456789 USD')
    expect(seen(de.exactMoney('999999999.123456789'))).toBe('999999999,123456789 USD')
    expect(seen(ar.exactMoney('999999999.123456789'))).toBe('USD 999999999.123456789')
  })

  it('is written as each language writes it', () => {
    expect(seen(de.money('1234.5'))).toBe('1.234,50 $')
    expect(seen(ar.money('1234.5'))).toBe('US$ 1,234.50')
    expect([en.signed('5'), seen(de.signed('5')), seen(ar.signed('5'))]).toEqual(['+$5.00', '+5,00 $', 'US$ +5.00'])
    expect([en.signed('-5'), seen(de.signed('-5')), seen(ar.signed('-5'))]).toEqual(['−$5.00', '−5,00 $', 'US$ −5.00'])
    expect([en.signed('0.001'), en.money('-0.001')]).toEqual(['+<$0.01', '−<$0.01'])
    expect([seen(de.money('-0.001')), seen(ar.money('-0.001'))]).toEqual(['−<0,01 $', 'US$ −<0.01'])
    expect([en.plainMoney('25'), seen(de.plainMoney('0.05'))]).toEqual(['$25', '0,05 $'])
  })

  it('is an island in text that runs from right to left', () => {
    expect(ar.money('-5')).toBe('\u2066US$\u00a0−5.00\u2069')
    expect(en.money('5') + de.money('5')).not.toMatch(/[\u2066-\u2069]/)
  })
})

it('writes days and instants in the zone that is given, and names it', () => {
  const at = '2026-11-30T23:30:00Z'
  expect(en.day(at, 'Europe/Berlin')).toBe('Dec 1, 2026')
  expect(en.instant(at, 'UTC')).toBe('Nov 30, 2026, 23:30 UTC')
  expect(de.instant(at, 'Europe/Berlin')).toBe('1. Dez. 2026, 00:30 Europe/Berlin')
  expect(seen(ar.instant(at, 'UTC'))).toBe('30 نوفمبر 2026، 23:30 UTC')
  expect([en.day('2026-11-21'), en.month('2026-11'), de.monthName('2026-12')]).toEqual([
    'Nov 21, 2026',
    'November 2026',
    'Dezember',
  ])
})

it('takes percent as the API gives it', () => {
  expect([en.percent(83), seen(de.percent(12.34)), seen(ar.percent(83))]).toEqual(['83%', '12,3 %', '83%'])
})

it.each([
  ['ar', 'de', 'ar'],
  [undefined, 'de-AT,de;q=0.9,en;q=0.8', 'de'],
  [undefined, 'fr, ar-EG;q=0.5, en;q=0.1', 'ar'],
  ['xx', 'fr', 'en'],
  [undefined, null, 'en'],
])('speaks for the cookie %j and the browser’s wish %j the language %s', (chosen, accepted, locale) => {
  expect(chooseLocale(chosen, accepted)).toBe(locale)
})
