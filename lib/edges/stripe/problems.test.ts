import { afterAll, beforeAll, expect, test } from 'vitest'
import { cents } from '@/lib/core/money'
import { type Answer, aFakeStripe, answerError, answerJson, type FakeStripe } from '@/lib/testing/fake-stripe'
import { chargeSavedCard, KeyRefusedByStripe, readPayment } from '.'

let stripe: FakeStripe

beforeAll(async () => {
  stripe = await aFakeStripe()
})
afterAll(() => stripe.close())

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

test.each<[string, Answer, object]>([
  [
    '402',
    answerError(402, {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'lost_card',
      advice_code: 'do_not_try_again',
    }),
    { kind: 'declined', declineCode: 'lost_card', adviceCode: 'do_not_try_again' },
  ],
  [
    '402 without a reason',
    answerError(402, { type: 'card_error', code: 'card_declined' }),
    { kind: 'declined', declineCode: 'card_declined' },
  ],
  [
    '402 for the bank',
    answerError(402, { type: 'card_error', code: 'authentication_required', payment_intent: { id: 'pi_1' } }),
    { kind: 'requires_action', paymentIntentId: 'pi_1' },
  ],
  [
    'a card that is gone',
    answerError(400, { type: 'invalid_request_error', code: 'resource_missing', param: 'payment_method' }),
    { kind: 'refused', code: 'resource_missing', param: 'payment_method' },
  ],
  [
    'another order under the key',
    answerError(400, { type: 'idempotency_error' }),
    { kind: 'refused', code: 'idempotency_error' },
  ],
  ['401', answerError(401, { type: 'invalid_request_error' }), { kind: 'misconfigured' }],
  ['403', answerError(403, { type: 'invalid_request_error' }), { kind: 'misconfigured' }],
  [
    'a wrong version',
    answerError(400, { type: 'invalid_request_error', message: 'Invalid Stripe API version: 2031-01-01' }),
    { kind: 'misconfigured' },
  ],
  ['409', answerError(409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }), { kind: 'unknown' }],
  ['429', answerError(429, { type: 'invalid_request_error', code: 'rate_limit' }), { kind: 'unknown' }],
  ['500', answerError(500, { type: 'api_error' }), { kind: 'unknown' }],
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
  ['something else', answerJson(200, { id: 'x', object: 'balloon' }), { kind: 'unknown' }],
  ['404 without an error', answerJson(404, { id: 'x' }), { kind: 'unknown' }],
])('a charge that is answered with %s is what it is', async (_, given, expected) => {
  stripe.answerWith(given)
  expect(await charge()).toMatchObject(expected)
  expect(new Set(stripe.requests.map(({ key }) => key))).toEqual(new Set(['topup:1']))
})

test('a read says nothing rather than something wrong', async () => {
  stripe.answerWith(answerError(500, { type: 'api_error' }))
  await expect(readPayment('pi_1')).rejects.toMatchObject({ code: 'payment_provider_unavailable' })
  stripe.answerWith(answerError(401, { type: 'invalid_request_error' }))
  await expect(readPayment('pi_1')).rejects.toBeInstanceOf(KeyRefusedByStripe)
  stripe.answerWith(answerError(404, { type: 'invalid_request_error', code: 'resource_missing', param: 'intent' }))
  expect(await readPayment('pi_1')).toBe(null)
})

test('an empty or foreign id never reaches Stripe: it would turn a read into a list', async () => {
  stripe.answerWith(answerError(500, { type: 'api_error' }))
  for (const id of ['', 'pi_', 'ch_1', 'pi_1/../../customers', 'pi_1?x=1']) {
    await expect(readPayment(id)).rejects.toThrow('not an id')
  }
  expect(stripe.requests).toEqual([])
})
