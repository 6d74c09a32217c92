import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { anAccount } from '@/lib/testing/builders'
import { moveToDatabase, noDatabaseUrl } from '@/lib/testing/database'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { buyCredits } from '../purchases'
import { processStripeEvent } from '.'
import { mostAttempts } from './rules'

let world: MoneyIn
const worker = system('test')

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
})
afterAll(() => world.close())
beforeEach(() => query("update stripe_events set event_id = event_id || '-' || gen_random_uuid()", []))

const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds

function sign(body: string, { secret = world.webhookSecret, at = secondsAgo(0), scheme = 'v1' } = {}): string {
  return `t=${at},${scheme}=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`
}

async function deliver(body: string, signature: string | null): Promise<number> {
  const headers = { 'content-type': 'application/json', ...(signature !== null && { 'stripe-signature': signature }) }
  return (await fetch(world.doorUrl, { method: 'POST', body, headers })).status
}

const anEvent = (more: object = {}) =>
  JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'checkout.session.completed',
    livemode: false,
    api_version: '2026-10-28.endive',
    created: secondsAgo(0),
    data: { object: { id: 'cs_test_1', object: 'checkout.session' } },
    ...more,
  })

const stored = () =>
  query<{ status: string }>("select status from stripe_events where event_id like 'evt_%' and event_id not like '%-%'")
const jobs = async () =>
  (
    await query<{ count: bigint }>(
      "select count(*) from stripe_events where status = 'received' and event_id = 'evt_1'",
    )
  )[0]!.count

test('a signed event is stored once, however often it comes', async () => {
  const body = anEvent()
  const answers = await Promise.all(Array.from({ length: 8 }, () => deliver(body, sign(body))))
  expect(new Set(answers)).toEqual(new Set([200]))
  expect(await stored()).toEqual([{ status: 'received' }])
  expect(await jobs()).toBe(1n)
})

test.each<[string, (body: string) => [string, string | null]]>([
  ['without a signature', (body) => [body, null]],
  ['with an empty one', (body) => [body, '']],
  ['with nonsense', (body) => [body, 't=1,v1=zzz']],
  ['signed with another secret', (body) => [body, sign(body, { secret: 'whsec_other' })]],
  ['signed five minutes ago', (body) => [body, sign(body, { at: secondsAgo(302) })]],
  ['with the old scheme only', (body) => [body, sign(body, { scheme: 'v0' })]],
  ['changed by one space', (body) => [`${body} `, sign(body)]],
  ['changed in its object', (body) => [body.replace('cs_test_1', 'cs_test_2'), sign(body)]],
  ['signed, but no event', () => ['{"hello":1}', sign('{"hello":1}')]],
  ['signed, but no JSON', () => ['hello', sign('hello')]],
  ['empty', () => ['', sign('')]],
])('a request %s is refused and leaves nothing', async (_, forge) => {
  expect(await deliver(...forge(anEvent()))).toBe(400)
  expect(await stored()).toEqual([])
})

test('while secrets are rotated, both are taken', async () => {
  process.env.STRIPE_WEBHOOK_SECRET = `whsec_new, ${world.webhookSecret}`
  resetEnv()
  const [old, fresh] = [anEvent({ id: 'evt_1' }), anEvent({ id: 'evt_2' })]
  expect(await deliver(old, sign(old))).toBe(200)
  expect(await deliver(fresh, sign(fresh, { secret: 'whsec_new' }))).toBe(200)
  expect((await stored()).length).toBe(2)
  process.env.STRIPE_WEBHOOK_SECRET = world.webhookSecret
  resetEnv()
})

test('without a secret nothing can be verified, and Stripe is asked to come again', async () => {
  process.env.STRIPE_WEBHOOK_SECRET = ''
  resetEnv()
  const body = anEvent()
  expect(await deliver(body, sign(body))).toBe(503)
  process.env.STRIPE_WEBHOOK_SECRET = world.webhookSecret
  resetEnv()
})

test.each([
  ['of the other mode', { livemode: true }],
  ['of a type that says nothing to us', { type: 'product.created' }],
  ['of a type of the future', { type: 'wish.granted', data: { object: { id: 'wish_1' } } }],
  ['without an object (thin)', { object: 'v2.core.event', data: undefined, created: '2026-11-21T00:00:00Z' }],
])('an event %s is noted and left alone', async (_, more) => {
  const body = anEvent(more)
  expect(await deliver(body, sign(body))).toBe(200)
  expect(await stored()).toEqual([{ status: 'ignored' }])
})

test('a body larger than any event is refused', async () => {
  const body = anEvent({ padding: 'x'.repeat(300_000) })
  expect(await deliver(body, sign(body))).toBe(413)
  expect(await stored()).toEqual([])
})

test('while the database is away the answer is 503: never a 200 without a row', async () => {
  const body = anEvent()
  await moveToDatabase(noDatabaseUrl)
  expect(await deliver(body, sign(body))).toBe(503)
  await moveToDatabase(world.databaseUrl)
  expect(await deliver(body, sign(body))).toBe(200)
  expect(await stored()).toEqual([{ status: 'received' }])
})

test('an event of an object that is not ours is left alone', async () => {
  const answer = await fetch(`${world.sandboxUrl}/v1/payment_intents`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_moneyin', 'content-type': 'application/x-www-form-urlencoded' },
    body: 'amount=500&currency=usd&payment_method=pm_card_visa&confirm=true&return_url=http%3A%2F%2Flocalhost',
  })
  const { id } = (await answer.json()) as { id: string }
  const body = anEvent({ type: 'payment_intent.succeeded', data: { object: { id } } })
  expect(await deliver(body, sign(body))).toBe(200)
  await world.drainEvents()
  expect(await stored()).toEqual([{ status: 'ignored' }])
})

test('an event that cannot be processed is tried twenty times and then left for a person', async () => {
  const { accountId } = await anAccount()
  const { checkoutUrl } = await buyCredits(worker, { accountId, amount: '10.00', saveCard: false })
  const body = anEvent({ data: { object: { id: /cs_\w+/.exec(checkoutUrl)![0] } } })
  await deliver(body, sign(body))
  await world.fail('http_429', { method: 'GET' })
  for (let n = 1; n < mostAttempts; n++) {
    await expect(processStripeEvent(worker, { eventId: 'evt_1' })).rejects.toThrow()
  }
  expect(await stored()).toEqual([{ status: 'received' }])
  await processStripeEvent(worker, { eventId: 'evt_1' })
  expect(await stored()).toEqual([{ status: 'dead' }])
  await world.heal()
})
