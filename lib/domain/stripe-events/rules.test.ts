import { expect, test } from 'vitest'
import { isFollowed, kindOfObject } from './rules'

test.each([
  ['checkout.session.completed', 'cs_test_1', false, true],
  ['payment_intent.succeeded', 'pi_1', false, true],
  ['payment_intent.succeeded', 'pi_1', true, false],
  ['payment_intent.succeeded', null, false, false],
  ['payment_intent.created', 'pi_1', false, false],
  ['customer.deleted', 'cus_1', false, true],
  ['customer.updated', 'cus_1', false, false],
  ['v1.billing.meter.error_report_triggered', null, false, false],
  ['a.type.of.the.future', 'fut_1', false, false],
])('an event %s of %s (live: %s) leads to work: %s', (type, objectId, livemode, expected) => {
  expect(isFollowed({ type, objectId, livemode }, false)).toBe(expected)
})

test('an id says what it names', () => {
  expect(kindOfObject('seti_1')).toBe('setup')
  expect(kindOfObject('py_1')).toBe('charge')
  expect(kindOfObject('constructor_1')).toBe(null)
  expect(kindOfObject('re_1')).toBe(null)
})
