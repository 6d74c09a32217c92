import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { cents } from '@/lib/core/money'
import { resetEnv } from '@/lib/edges/env'
import { chargeSavedCard, KeyRefusedByStripe, readPayment } from '.'

// What the official client makes of each kind of answer, from a server that gives exactly that answer.
let answer: (response: http.ServerResponse) => void
let requests: http.IncomingMessage[] = []
const server = http.createServer((request, response) => {
  requests.push(request)
  request.resume().on('end', () => answer(response))
})

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  Object.assign(process.env, {
    DATABASE_URL: process.env.DATABASE_URL || 'postgres://unused',
    STRIPE_SECRET_KEY: 'sk_test_problems',
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

const json = (status: number, body: unknown) => (response: http.ServerResponse) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const error = (status: number, details: object) => json(status, { error: { message: 'No.', ...details } })

const charge = () =>
  chargeSavedCard({
    idempotencyKey: 'topup:1',
    customerId: 'cus_1',
    stripePaymentMethodId: 'pm_1',
    amount: cents(500),
    description: 'credits',
    receiptEmail: 'a@example.com',
    metadata: {},
  })

test.each<[string, (response: http.ServerResponse) => unknown, object]>([
  [
    '402',
    error(402, {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'lost_card',
      advice_code: 'do_not_try_again',
    }),
    { kind: 'declined', declineCode: 'lost_card', adviceCode: 'do_not_try_again' },
  ],
  [
    '402 without a reason',
    error(402, { type: 'card_error', code: 'card_declined' }),
    { kind: 'declined', declineCode: 'card_declined' },
  ],
  [
    '402 for the bank',
    error(402, { type: 'card_error', code: 'authentication_required', payment_intent: { id: 'pi_1' } }),
    { kind: 'requires_action', paymentIntentId: 'pi_1' },
  ],
  [
    'a card that is gone',
    error(400, { type: 'invalid_request_error', code: 'resource_missing', param: 'payment_method' }),
    { kind: 'refused', code: 'resource_missing', param: 'payment_method' },
  ],
  [
    'another order under the key',
    error(400, { type: 'idempotency_error' }),
    { kind: 'refused', code: 'idempotency_error' },
  ],
  ['401', error(401, { type: 'invalid_request_error' }), { kind: 'misconfigured' }],
  ['403', error(403, { type: 'invalid_request_error' }), { kind: 'misconfigured' }],
  [
    'a wrong version',
    error(400, { type: 'invalid_request_error', message: 'Invalid Stripe API version: 2031-01-01' }),
    { kind: 'misconfigured' },
  ],
  ['409', error(409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }), { kind: 'unknown' }],
  ['429', error(429, { type: 'invalid_request_error', code: 'rate_limit' }), { kind: 'unknown' }],
  ['500', error(500, { type: 'api_error' }), { kind: 'unknown' }],
  [
    'HTML',
    (response) => response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Sorry</h1>'),
    { kind: 'unknown' },
  ],
  ['HTML as a success', (response) => response.writeHead(200).end('<h1>Hotel Wi-Fi</h1>'), { kind: 'unknown' }],
  [
    'half an answer',
    (response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('{"id":', () => response.destroy())
    },
    { kind: 'unknown' },
  ],
  ['no answer', (response) => response.destroy(), { kind: 'unknown' }],
  ['something else', json(200, { id: 'x', object: 'balloon' }), { kind: 'unknown' }],
  ['404 without an error', json(404, { id: 'x' }), { kind: 'unknown' }],
])('a charge that is answered with %s is what it is', async (_, given, expected) => {
  answer = given
  expect(await charge()).toMatchObject(expected)
  const keys = new Set(requests.map((request) => request.headers['idempotency-key']))
  expect([...keys]).toEqual(['topup:1'])
})

test('a read says nothing rather than something wrong', async () => {
  answer = error(500, { type: 'api_error' })
  await expect(readPayment('pi_1')).rejects.toMatchObject({ code: 'payment_provider_unavailable' })
  answer = error(401, { type: 'invalid_request_error' })
  await expect(readPayment('pi_1')).rejects.toBeInstanceOf(KeyRefusedByStripe)
  answer = error(404, { type: 'invalid_request_error', code: 'resource_missing', param: 'intent' })
  expect(await readPayment('pi_1')).toBe(null)
})

test('an empty or foreign id never reaches Stripe: it would turn a read into a list', async () => {
  for (const id of ['', 'pi_', 'ch_1', 'pi_1/../../customers', 'pi_1?x=1']) {
    await expect(readPayment(id)).rejects.toThrow('not an id')
  }
  expect(requests).toEqual([])
})
