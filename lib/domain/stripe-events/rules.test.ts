import { expect, test } from 'vitest'
import { isFollowed, kindOfObject } from './rules'

test.each([
  ['checkout.session.completed', 'cs_test_1', false, true],
  ['payment_intent.succeeded', 'pi_1', false, true],
  ['payment_intent.succeeded', 'pi_1', true, false],
  ['payment_intent.succeeded', null, false, false],
  ['payment_intent.created', 'pi_1', false, false],
  ['charge.refunded', 'ch_1', false, true],
  ['charge.refund.updated', 're_1', false, true],
  ['refund.created', 're_1', false, true],
  ['refund.updated', 'pyr_1', false, true],
  ['refund.failed', 're_1', false, true],
  ['charge.dispute.created', 'du_1', false, true],
  ['charge.dispute.updated', 'dp_1', false, true],
  ['charge.dispute.funds_withdrawn', 'dp_1', false, true],
  ['charge.dispute.funds_reinstated', 'dp_1', false, true],
  ['charge.dispute.closed', 'dp_1', false, true],
  ['radar.early_fraud_warning.created', 'issfr_1', false, true],
  ['radar.early_fraud_warning.updated', 'issfr_1', true, false],
  ['review.opened', 'prv_1', false, false],
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
  expect(kindOfObject('re_1')).toBe('refund')
  expect(kindOfObject('pyr_1')).toBe('refund')
  expect(kindOfObject('dp_1')).toBe('dispute')
  expect(kindOfObject('du_1')).toBe('dispute')
  expect(kindOfObject('issfr_1')).toBe('fraud_warning')
  expect(kindOfObject('prv_1')).toBe(null)
})
