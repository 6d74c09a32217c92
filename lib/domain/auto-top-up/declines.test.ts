import { expect, test } from 'vitest'
import { dayMs, hourMs, minuteMs, secondMs } from '@/lib/core/time'
import {
  afterDecline,
  classifyDecline,
  declinesBeforePause,
  declinesCountedForMs,
  givenUpAfterMs,
  inProgressForMs,
  leaseMs,
  resendForMs,
  retryDelayMs,
} from './declines'

const at = new Date('2026-11-21T12:00:00Z')

test.each([
  ['insufficient_funds', 'try_again_later', null, 'retry'],
  ['do_not_honor', null, null, 'retry'],
  ['generic_decline', 'try_again_later', null, 'retry'],
  ['try_again_later', null, null, 'retry'],
  ['processing_error', null, null, 'retry'],
  ['card_velocity_exceeded', null, null, 'retry'],
  ['withdrawal_count_limit_exceeded', null, null, 'retry'],
  ['a_code_not_known_yet', 'an_advice_not_known_yet', '99', 'retry'],
  ['lost_card', null, null, 'stop'],
  ['stolen_card', null, null, 'stop'],
  ['pickup_card', null, null, 'stop'],
  ['fraudulent', null, null, 'stop'],
  ['restricted_card', null, null, 'stop'],
  ['merchant_blacklist', null, null, 'stop'],
  ['expired_card', null, null, 'stop'],
  ['incorrect_number', null, null, 'stop'],
  ['invalid_number', null, null, 'stop'],
  ['invalid_expiry_month', null, null, 'stop'],
  ['invalid_expiry_year', null, null, 'stop'],
  ['new_account_information_available', null, null, 'stop'],
  ['card_not_supported', null, null, 'stop'],
  ['currency_not_supported', null, null, 'stop'],
  ['not_permitted', null, null, 'stop'],
  ['transaction_not_allowed', null, null, 'stop'],
  ['service_not_allowed', null, null, 'stop'],
  ['invalid_account', null, null, 'stop'],
  ['stop_payment_order', null, null, 'stop'],
  ['revocation_of_all_authorizations', null, null, 'stop'],
  ['revocation_of_authorization', null, null, 'stop'],
  ['generic_decline', 'do_not_try_again', null, 'stop'],
  ['generic_decline', 'confirm_card_data', null, 'stop'],
  ['generic_decline', 'try_again_later', '03', 'stop'],
  ['generic_decline', 'try_again_later', '21', 'stop'],
])('%s with advice %s and network advice %s: %s', (declineCode, adviceCode, networkAdviceCode, verdict) => {
  expect(classifyDecline({ declineCode, adviceCode, networkAdviceCode })).toBe(verdict)
})

test('it waits 1 h, 6 h and 24 h, and the fourth decline in a row pauses it', () => {
  const standings = [0, 1, 2, 3].map((before) => afterDecline(before, 'retry', at))
  expect(standings.map(({ coolingUntil }) => coolingUntil && (coolingUntil.getTime() - at.getTime()) / hourMs)).toEqual(
    [1, 6, 24, null],
  )
  expect(standings.map(({ pausedReason }) => pausedReason)).toEqual([null, null, null, 'declines'])
  expect(standings.at(-1)?.consecutiveDeclines).toBe(declinesBeforePause)
})

test('a card that must not be tried again pauses it at the first decline', () => {
  expect(afterDecline(0, 'stop', at)).toEqual({
    consecutiveDeclines: 1,
    coolingUntil: null,
    pausedReason: 'hard_decline',
  })
})

test('it asks about an unknown outcome after 5 s, doubling to 15 min', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 50].map((tries) => retryDelayMs(tries) / 1000)).toEqual([
    5, 10, 20, 40, 80, 160, 320, 640, 900, 900,
  ])
})

test('an order is sent again for 45 minutes, given up after an hour, and its declines count for 30 days', () => {
  expect({ resendForMs, givenUpAfterMs, leaseMs, inProgressForMs, declinesCountedForMs }).toEqual({
    resendForMs: 45 * minuteMs,
    givenUpAfterMs: hourMs,
    leaseMs: 45 * secondMs,
    inProgressForMs: 10 * minuteMs,
    declinesCountedForMs: 30 * dayMs,
  })
})
