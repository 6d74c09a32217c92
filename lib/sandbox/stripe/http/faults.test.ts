import type Stripe from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type RunningSandbox, startSandbox } from '../index'
import { clientOf, control } from '../testing/sandbox-kit'

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
  ['hang', 0, 500],
  ['http_429', 0, 500],
  ['http_409', 0, 500],
  ['html_502', 0, 500],
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
