import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { cents } from '@/lib/core/money'
import { resetEnv } from '@/lib/edges/env'
import { createRefund, readDispute, readDisputesOf, readRefund, readRefundsOf } from '.'

// What the official client makes of each kind of answer, from a server that gives exactly that answer.
interface Asked {
  method: string
  url: URL
  body: URLSearchParams
  key: string | undefined
}
let answer: (asked: Asked, response: http.ServerResponse) => void
let requests: Asked[] = []
const server = http.createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const asked = {
      method: request.method!,
      url: new URL(request.url!, 'http://stripe'),
      body: new URLSearchParams(Buffer.concat(chunks).toString()),
      key: request.headers['idempotency-key'] as string | undefined,
    }
    requests.push(asked)
    answer(asked, response)
  })
})

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  Object.assign(process.env, {
    DATABASE_URL: process.env.DATABASE_URL || 'postgres://unused',
    STRIPE_SECRET_KEY: 'sk_test_refunds',
    STRIPE_API_HOST: '127.0.0.1',
    STRIPE_API_PORT: String((server.address() as AddressInfo).port),
    STRIPE_API_PROTOCOL: 'http',
  })
  resetEnv()
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  requests = []
})

const json = (response: http.ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const problem = (status: number, details: object) => (_: Asked, response: http.ServerResponse) =>
  json(response, status, { error: { message: 'No.', ...details } })

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

test.each<[string, (asked: Asked, response: http.ServerResponse) => void, object]>([
  ['a refund made', (_, to) => json(to, 200, aRefund()), { kind: 'succeeded', refund: { stripeRefundId: 're_1' } }],
  ['a refund on its way', (_, to) => json(to, 200, aRefund({ status: 'pending' })), { kind: 'pending' }],
  [
    'one that waits for its owner',
    (_, to) => json(to, 200, aRefund({ status: 'requires_action' })),
    { kind: 'pending' },
  ],
  ['a word of the future', (_, to) => json(to, 200, aRefund({ status: 'teleporting' })), { kind: 'pending' }],
  ['no word', (_, to) => json(to, 200, aRefund({ status: null })), { kind: 'pending', refund: { status: 'pending' } }],
  ['one that failed at once', (_, to) => json(to, 200, aRefund({ status: 'failed' })), { kind: 'failed' }],
  ['one that was canceled', (_, to) => json(to, 200, aRefund({ status: 'canceled' })), { kind: 'failed' }],
  [
    'a disputed charge',
    problem(400, { type: 'invalid_request_error', code: 'charge_disputed' }),
    { kind: 'refused', code: 'charge_disputed' },
  ],
  [
    'another order under the key',
    problem(400, { type: 'idempotency_error' }),
    { kind: 'refused', code: 'idempotency_error' },
  ],
  ['401', problem(401, { type: 'invalid_request_error' }), { kind: 'misconfigured' }],
  ['409', problem(409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }), { kind: 'unknown' }],
  ['429', problem(429, { type: 'invalid_request_error', code: 'rate_limit' }), { kind: 'unknown' }],
  ['500', problem(500, { type: 'api_error' }), { kind: 'unknown' }],
  ['something else', (_, to) => json(to, 200, { id: 'x', object: 'balloon' }), { kind: 'unknown' }],
  ['no answer', (_, to) => to.destroy(), { kind: 'unknown' }],
])('a refund that is answered with %s is what it is', async (_, given, expected) => {
  answer = given
  expect(await createRefund(order)).toMatchObject(expected)
  expect(new Set(requests.map(({ key }) => key))).toEqual(new Set(['refund:ours']))
  expect(Object.fromEntries(requests[0]!.body)).toEqual({
    payment_intent: 'pi_1',
    amount: '500',
    'metadata[app]': 'purse',
    'metadata[refund_id]': 'ours',
  })
})

/** Answers a list with two pages, newest first, as Stripe does. */
const inPages =
  (object: (changes: object) => object, prefix: string) => (asked: Asked, response: http.ServerResponse) => {
    const after = asked.url.searchParams.get('starting_after')
    const ids = after === null ? [4, 3] : [2, 1]
    const data = ids.map((number) => object({ id: `${prefix}_${number}` }))
    json(response, 200, { object: 'list', data, has_more: after === null, url: asked.url.pathname })
  }

test('all refunds and disputes of a payment are read, page by page, and given in the order in which they were made', async () => {
  answer = inPages(aRefund, 're')
  expect((await readRefundsOf('pi_1')).map(({ stripeRefundId }) => stripeRefundId)).toEqual([
    're_1',
    're_2',
    're_3',
    're_4',
  ])
  answer = inPages(aDispute, 'dp')
  expect((await readDisputesOf('pi_1')).map(({ stripeDisputeId }) => stripeDisputeId)).toEqual([
    'dp_1',
    'dp_2',
    'dp_3',
    'dp_4',
  ])
  expect(requests.map(({ url }) => `${url.pathname}${url.search}`)).toEqual([
    '/v1/refunds?payment_intent=pi_1&limit=100',
    '/v1/refunds?payment_intent=pi_1&limit=100&starting_after=re_3',
    '/v1/disputes?payment_intent=pi_1&limit=100',
    '/v1/disputes?payment_intent=pi_1&limit=100&starting_after=dp_3',
  ])
})

test('a payment that Stripe does not have has no refunds and no disputes; one that cannot be read says nothing', async () => {
  answer = problem(400, { type: 'invalid_request_error', code: 'resource_missing', param: 'payment_intent' })
  expect([await readRefundsOf('pi_1'), await readDisputesOf('pi_1')]).toEqual([[], []])
  answer = problem(400, { type: 'invalid_request_error', code: 'parameter_unknown' })
  await expect(readRefundsOf('pi_1')).rejects.toMatchObject({ code: 'parameter_unknown' })
  answer = problem(500, { type: 'api_error' })
  await expect(readDisputesOf('pi_1')).rejects.toMatchObject({ code: 'payment_provider_unavailable' })
})

test('a refund and a dispute are read in our words', async () => {
  answer = (_, to) => json(to, 200, aRefund({ status: 'failed', failure_reason: 'declined', reason: 'duplicate' }))
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
  answer = (_, to) => json(to, 200, aDispute())
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
  answer = (_, to) => json(to, 200, aDispute({ balance_transactions: reinstated, evidence_details: { due_by: null } }))
  expect(await readDispute('dp_1')).toMatchObject({ withdrawn: cents(0), dueBy: null })
  answer = problem(404, { type: 'invalid_request_error', code: 'resource_missing' })
  expect([await readRefund('re_2'), await readDispute('dp_2')]).toEqual([null, null])
})
