import { expect, test } from 'vitest'
import { declineFor } from '@/lib/sandbox/stripe/payments/declines'
import { describeDebitFailure } from '@/lib/sandbox/stripe/payments/test-bank-accounts'
import { cardName, isExpired, readSaid } from './rules'

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

const declineCodes = [
  'generic_decline',
  'insufficient_funds',
  'lost_card',
  'stolen_card',
  'expired_card',
  'incorrect_cvc',
  'incorrect_number',
  'processing_error',
  'card_velocity_exceeded',
  'authentication_required',
  'test_mode_live_card',
]
const debitCodes = ['no_account', 'account_closed', 'insufficient_funds', 'debit_not_authorized', 'a_new_code']

test.each([...declineCodes.map((code) => declineFor(code).message), ...debitCodes.map(describeDebitFailure)])(
  'what is usually said of a payment has a code, so that people hear it in their language: %s',
  (message) => {
    expect(readSaid(message).code).not.toBeNull()
    expect(readSaid(message.replace(/\.$/, '')).code).toBe(readSaid(message).code)
  },
)

test('words that are not usual stay as they are, without their full stop', () => {
  expect(readSaid('Do not honor. ')).toEqual({ code: null, words: 'Do not honor' })
  expect(readSaid('constructor')).toEqual({ code: null, words: 'constructor' })
})
