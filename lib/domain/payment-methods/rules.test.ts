import { expect, test } from 'vitest'
import { cardName, isExpired } from './rules'

test.each([
  [{ expMonth: 11, expYear: 2026 }, '2026-11-30T23:59:59Z', false],
  [{ expMonth: 11, expYear: 2026 }, '2026-12-01T00:00:00Z', true],
  [{ expMonth: 12, expYear: 2026 }, '2026-12-31T23:59:59Z', false],
  [{ expMonth: 12, expYear: 2026 }, '2027-01-01T00:00:00Z', true],
])('a card of %o at %s is expired: %s', (card, at, expected) => {
  expect(isExpired(card, new Date(at))).toBe(expected)
})

test('a card is named by brand and last four digits, an unknown brand as a card', () => {
  expect(cardName({ brand: 'amex', last4: '0005' })).toBe('American Express ending in 0005')
  expect(cardName({ brand: 'brand_of_the_future', last4: '1234' })).toBe('Card ending in 1234')
})
