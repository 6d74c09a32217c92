import { afterAll, beforeAll, expect, test } from 'vitest'
import { cents } from '@/lib/core/money'
import {
  type Answer,
  type Asked,
  aFakeStripe,
  answerError,
  answerJson,
  type FakeStripe,
} from '@/lib/testing/fake-stripe'
import { createRefund, readDispute, readDisputesOf, readRefund, readRefundsOf } from '.'

let stripe: FakeStripe

beforeAll(async () => {
  stripe = await aFakeStripe()
})
afterAll(() => stripe.close())

const aRefund = (changes: object = {}) => ({
  id: 're_1',
  object: 'refund',
  amount: 500,
  currency: 'usd',
  charge: 'ch_1',
  payment_intent: 'pi_1',
  status: 'succeeded',
  reason: null,
  metadata: { refund_id: 'ours' },
  created: 1_795_000_000,
  ...changes,
})

const aDispute = (changes: object = {}) => ({
  id: 'dp_1',
  object: 'dispute',
  amount: 500,
  currency: 'usd',
  charge: 'ch_1',
  payment_intent: 'pi_1',
  status: 'needs_response',
  reason: 'fraudulent',
  is_charge_refundable: false,
  balance_transactions: [{ amount: -500, fee: 1500, net: -2000 }],
  evidence_details: { due_by: 1_795_600_000 },
  created: 1_795_000_000,
  ...changes,
})

const order = {
  idempotencyKey: 'refund:ours',
  paymentIntentId: 'pi_1',
  amount: cents(500),
  metadata: { app: 'purse', refund_id: 'ours' },
}

test.each<[string, Answer, object]>([
  ['a refund made', answerJson(200, aRefund()), { kind: 'succeeded', refund: { stripeRefundId: 're_1' } }],
  ['a refund on its way', answerJson(200, aRefund({ status: 'pending' })), { kind: 'pending' }],
  ['one that waits for its owner', answerJson(200, aRefund({ status: 'requires_action' })), { kind: 'pending' }],
  ['a word of the future', answerJson(200, aRefund({ status: 'teleporting' })), { kind: 'pending' }],
  ['no word', answerJson(200, aRefund({ status: null })), { kind: 'pending', refund: { status: 'pending' } }],
  ['one that failed at once', answerJson(200, aRefund({ status: 'failed' })), { kind: 'failed' }],
  ['one that was canceled', answerJson(200, aRefund({ status: 'canceled' })), { kind: 'failed' }],
  [
    'a disputed charge',
    answerError(400, { type: 'invalid_request_error', code: 'charge_disputed' }),
    { kind: 'refused', code: 'charge_disputed' },
  ],
  [
    'another order under the key',
    answerError(400, { type: 'idempotency_error' }),
    { kind: 'refused', code: 'idempotency_error' },
  ],
  ['401', answerError(401, { type: 'invalid_request_error' }), { kind: 'misconfigured' }],
  ['409', answerError(409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }), { kind: 'unknown' }],
  ['429', answerError(429, { type: 'invalid_request_error', code: 'rate_limit' }), { kind: 'unknown' }],
  ['500', answerError(500, { type: 'api_error' }), { kind: 'unknown' }],
  ['something else', answerJson(200, { id: 'x', object: 'balloon' }), { kind: 'unknown' }],
  ['no answer', (to) => to.destroy(), { kind: 'unknown' }],
])('a refund that is answered with %s is what it is', async (_, given, expected) => {
  stripe.answerWith(given)
  expect(await createRefund(order)).toMatchObject(expected)
  expect(new Set(stripe.requests.map(({ key }) => key))).toEqual(new Set(['refund:ours']))
  expect(Object.fromEntries(stripe.requests[0]!.body)).toEqual({
    payment_intent: 'pi_1',
    amount: '500',
    'metadata[app]': 'purse',
    'metadata[refund_id]': 'ours',
  })
})

/** Answers a list with two pages, newest first, as Stripe does. */
const inPages =
  (object: (changes: object) => object, prefix: string): Answer =>
  (response, asked) => {
    const after = asked.url.searchParams.get('starting_after')
    const ids = after === null ? [4, 3] : [2, 1]
    const data = ids.map((number) => object({ id: `${prefix}_${number}` }))
    answerJson(200, { object: 'list', data, has_more: after === null, url: asked.url.pathname })(response, asked)
  }

const pathOf = ({ url }: Asked) => `${url.pathname}${url.search}`

test('all refunds and disputes of a payment are read, page by page, and given in the order in which they were made', async () => {
  stripe.answerWith(inPages(aRefund, 're'))
  expect((await readRefundsOf('pi_1')).map(({ stripeRefundId }) => stripeRefundId)).toEqual([
    're_1',
    're_2',
    're_3',
    're_4',
  ])
  expect(stripe.requests.map(pathOf)).toEqual([
    '/v1/refunds?payment_intent=pi_1&limit=100',
    '/v1/refunds?payment_intent=pi_1&limit=100&starting_after=re_3',
  ])
  stripe.answerWith(inPages(aDispute, 'dp'))
  expect((await readDisputesOf('pi_1')).map(({ stripeDisputeId }) => stripeDisputeId)).toEqual([
    'dp_1',
    'dp_2',
    'dp_3',
    'dp_4',
  ])
  expect(stripe.requests.map(pathOf)).toEqual([
    '/v1/disputes?payment_intent=pi_1&limit=100',
    '/v1/disputes?payment_intent=pi_1&limit=100&starting_after=dp_3',
  ])
})

test('a payment that Stripe does not have has no refunds and no disputes; one that cannot be read says nothing', async () => {
  stripe.answerWith(
    answerError(400, { type: 'invalid_request_error', code: 'resource_missing', param: 'payment_intent' }),
  )
  expect([await readRefundsOf('pi_1'), await readDisputesOf('pi_1')]).toEqual([[], []])
  stripe.answerWith(answerError(400, { type: 'invalid_request_error', code: 'parameter_unknown' }))
  await expect(readRefundsOf('pi_1')).rejects.toMatchObject({ code: 'parameter_unknown' })
  stripe.answerWith(answerError(500, { type: 'api_error' }))
  await expect(readDisputesOf('pi_1')).rejects.toMatchObject({ code: 'payment_provider_unavailable' })
})

test('a refund and a dispute are read in our words', async () => {
  stripe.answerWith(answerJson(200, aRefund({ status: 'failed', failure_reason: 'declined', reason: 'duplicate' })))
  expect(await readRefund('re_1')).toEqual({
    stripeRefundId: 're_1',
    chargeId: 'ch_1',
    paymentIntentId: 'pi_1',
    status: 'failed',
    amount: cents(500),
    failureReason: 'declined',
    reason: 'duplicate',
    metadata: { refund_id: 'ours' },
    createdAt: new Date(1_795_000_000_000),
  })
  stripe.answerWith(answerJson(200, aDispute()))
  expect(await readDispute('dp_1')).toEqual({
    stripeDisputeId: 'dp_1',
    chargeId: 'ch_1',
    paymentIntentId: 'pi_1',
    status: 'needs_response',
    reason: 'fraudulent',
    amount: cents(500),
    withdrawn: cents(500),
    isChargeRefundable: false,
    dueBy: new Date(1_795_600_000_000),
    createdAt: new Date(1_795_000_000_000),
  })
  const reinstated = [{ amount: -500 }, { amount: 500 }]
  stripe.answerWith(answerJson(200, aDispute({ balance_transactions: reinstated, evidence_details: { due_by: null } })))
  expect(await readDispute('dp_1')).toMatchObject({ withdrawn: cents(0), dueBy: null })
  stripe.answerWith(answerError(404, { type: 'invalid_request_error', code: 'resource_missing' }))
  expect([await readRefund('re_2'), await readDispute('dp_2')]).toEqual([null, null])
})
