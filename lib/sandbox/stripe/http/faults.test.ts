import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type RunningSandbox, startSandbox } from '../index'
import { call, clientOf, control } from '../testing/sandbox-kit'

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())
beforeEach(() => control(sandbox.url, 'DELETE', '/faults'))

const fault = (kind: string, more: object = {}) =>
  control(sandbox.url, 'POST', '/faults', {
    kind,
    match: { method: 'POST', path_prefix: '/v1/payment_intents' },
    ...more,
  })

const pay = (stripe: Stripe, idempotencyKey: string) =>
  stripe.paymentIntents.create(
    { amount: 500, currency: 'usd', payment_method: 'pm_card_visa', confirm: true },
    { idempotencyKey },
  )

async function chargedCents() {
  return (await control<{ total_charged_cents: number }>(sandbox.url, 'GET', '/state')).total_charged_cents
}

// A lost answer is an ordinary event: whoever moves money asks again with the key it has stored.
test.each([
  // [fault, charged by the failing call, charged after asking again with the same key]
  ['reset_before', 0, 500],
  ['reset_after', 500, 500],
  ['truncated_200', 500, 500],
  ['stall', 500, 500],
  ['hang', 0, 500],
  ['http_429', 0, 500],
  ['http_429_retry', 0, 500],
  ['http_409', 0, 500],
  ['html_502', 0, 500],
  ['html_200', 0, 500],
  ['down', 0, 500],
])('%s: the effect is there or not, and asking again with the same key never doubles it', async (kind, then, after) => {
  const start = await chargedCents()
  // The client tries a reset connection once more by itself, so both tries have to fail.
  await fault(kind, { count: kind === 'down' || kind.startsWith('reset') ? 2 : 1 })
  const stripe = clientOf(sandbox.url, { timeout: 500 })
  await expect(pay(stripe, `key ${kind}`)).rejects.toThrow()
  expect((await chargedCents()) - start).toBe(then)
  expect((await pay(stripe, `key ${kind}`)).status).toBe('succeeded')
  expect((await chargedCents()) - start).toBe(after)
})

test('a 500 is stored under its key, whether it had an effect or not', async () => {
  const start = await chargedCents()
  const stripe = clientOf(sandbox.url)
  await fault('http_500')
  await expect(pay(stripe, 'broken')).rejects.toMatchObject({ statusCode: 500 })
  await expect(pay(stripe, 'broken')).rejects.toMatchObject({ statusCode: 500 })
  expect(await chargedCents()).toBe(start)
  await fault('http_500_no_retry', { after_effect: true })
  await expect(pay(stripe, 'broken late')).rejects.toMatchObject({ statusCode: 500 })
  await expect(pay(stripe, 'broken late')).rejects.toMatchObject({ statusCode: 500 })
  expect(await chargedCents()).toBe(start + 500)
})

test.each([
  ['hang', 'StripeConnectionError'],
  ['html_200', 'StripeAPIError'],
  ['html_502', 'StripeAPIError'],
])('%s after the effect: paid, and the caller does not know', async (kind, type) => {
  const start = await chargedCents()
  const stripe = clientOf(sandbox.url, { timeout: 500 })
  await fault(kind, { after_effect: true })
  await expect(pay(stripe, `late ${kind}`)).rejects.toMatchObject({ type })
  expect((await pay(stripe, `late ${kind}`)).status).toBe('succeeded')
  expect((await chargedCents()) - start).toBe(500)
  await expect(fault('http_429', { after_effect: true })).rejects.toThrow(/Only these kinds/)
})

test.each([
  ['http_429', null],
  ['http_429_retry', 'true'],
  ['http_500', null],
  ['http_500_retry', 'true'],
  ['http_500_no_retry', 'false'],
])('%s says whether to try again: %s', async (kind, shouldRetry) => {
  await fault(kind, { match: { method: 'GET' } })
  const answer = await call(sandbox.url, 'GET', '/v1/customers')
  expect(answer.headers.get('stripe-should-retry')).toBe(shouldRetry)
  expect(answer.status).toBe(Number(kind.slice(5, 8)))
})

test('a stale read tells things as they were before they last changed, reads only and as often as asked', async () => {
  const stripe = clientOf(sandbox.url)
  const customer = await stripe.customers.create({ name: 'First' })
  await stripe.customers.update(customer.id, { name: 'Second' })
  await stripe.customers.update(customer.id, { name: 'Third' })
  const unchanged = await stripe.customers.create({ name: 'Only' })
  const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer: customer.id })
  await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa', return_url: 'http://127.0.0.1:9/' })

  await fault('stale_read', { match: {}, count: 3 })
  await stripe.customers.update(unchanged.id, { metadata: { a: '1' } })
  const stale = await stripe.paymentIntents.retrieve(intent.id, { expand: ['customer'] })
  expect(stale).toMatchObject({ status: 'requires_payment_method', customer: { name: 'Second' } })
  const names = (await stripe.customers.list({ limit: 2 })).data.map(({ name, metadata }) => [name, metadata])
  expect(names).toEqual([
    ['Only', {}],
    ['Second', {}],
  ])
  expect((await stripe.customers.retrieve(customer.id)) as Stripe.Customer).toMatchObject({ name: 'Second' })
  expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded')
})

test('a fault meets only what it matches, as often as it says', async () => {
  await fault('http_429', { count: 2 })
  const stripe = clientOf(sandbox.url)
  await stripe.customers.create({})
  await expect(pay(stripe, 'limited')).rejects.toMatchObject({ type: 'StripeRateLimitError' })
  await expect(pay(stripe, 'limited')).rejects.toMatchObject({ type: 'StripeRateLimitError' })
  expect((await pay(stripe, 'limited')).status).toBe('succeeded')
})

test('a fault without a count lasts until it is cleared', async () => {
  await control(sandbox.url, 'POST', '/faults', { kind: 'down', count: null })
  const stripe = clientOf(sandbox.url)
  await expect(stripe.customers.list()).rejects.toMatchObject({ type: 'StripeConnectionError' })
  await control(sandbox.url, 'DELETE', '/faults')
  expect((await stripe.customers.list()).object).toBe('list')
})
