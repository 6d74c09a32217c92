// What becomes of events while something is away, late, old or wrong: every effect once, and no event lost.
import { createHmac } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import { system } from '@/lib/core/actor'
import { makeOperator } from '@/lib/domain/members'
import { buyCredits } from '@/lib/domain/purchases'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { anAccount } from '@/lib/testing/builders'
import { moveToDatabase, noDatabaseUrl } from '@/lib/testing/database'
import { aMoneyIn, type MoneyIn, sessionOf } from '@/lib/testing/money-in'
import { expectStripeAndLedgerToAgree } from '@/lib/testing/reconciliation'
import { listDeadEvents, processStripeEvent, readStripeAlarms, retryStripeEvent, sweepStripeEvents } from '.'
import { looksForMissing, mostAttempts } from './rules'

let world: MoneyIn
const worker = system('test')

beforeAll(async () => {
  world = await aMoneyIn()
})
afterAll(() => world.close())
beforeEach(() => world.control('POST', '/deliveries', { mode: 'drop' }))

async function aPaidPage(): Promise<{ accountId: string; sessionId: string }> {
  const { accountId } = await anAccount()
  const { checkoutUrl } = await buyCredits(worker, { accountId, amount: '10.00', saveCard: false })
  await world.pay(checkoutUrl)
  return { accountId, sessionId: sessionOf(checkoutUrl) }
}

const credits = async (accountId: string) =>
  (await query(`select amount from transfers where account_id = $1 and kind = 'purchase'`, [accountId])).length

let made = 0

/** Delivers an event of our own making, and returns its id with the answer. */
async function deliver(objectId: string, more: object = {}, secret = world.webhookSecret) {
  made += 1
  const id = `evt_made_${made}`
  const at = Math.floor(Date.now() / 1000)
  const body = JSON.stringify({
    id,
    object: 'event',
    type: 'checkout.session.completed',
    livemode: false,
    api_version: '2026-10-28.endive',
    created: at,
    data: { object: { id: objectId } },
    ...more,
  })
  const signature = `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`
  const answer = await fetch(world.doorUrl, { method: 'POST', body, headers: { 'stripe-signature': signature } })
  return { id, status: answer.status }
}

const statusOf = async (eventId: string) =>
  (await query<{ status: string }>('select status from stripe_events where event_id = $1', [eventId]))[0]?.status

/** Until what Stripe tells seconds after a payment has come as well, and all that came is processed. */
async function quiet(): Promise<void> {
  await world.control('POST', '/clock', { advance_seconds: 60 })
  await expect
    .poll(
      async () => {
        await world.drainEvents()
        return query(`select event_id, type from stripe_events where status = 'received'`)
      },
      { timeout: 90_000, interval: 500 },
    )
    .toEqual([])
}

async function asOwner(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: world.databaseUrl })
  await client.connect()
  await client.query(sql)
  await client.end()
}

test('a secret that was rotated out is refused', async () => {
  const old = world.webhookSecret
  const use = (secrets: string) => {
    process.env.STRIPE_WEBHOOK_SECRET = secrets
    resetEnv()
  }
  use(`whsec_new,${old}`)
  expect((await deliver('cs_test_1', {}, old)).status).toBe(200)
  use('whsec_new')
  const late = await deliver('cs_test_1', {}, old)
  expect(late.status).toBe(400)
  expect(await statusOf(late.id)).toBe(undefined)
  expect((await deliver('cs_test_1', {}, 'whsec_new')).status).toBe(200)
  use(old)
  // They name nothing that there is, and would be looked for again and again.
  await query(`update stripe_events set status = 'ignored' where status = 'received'`)
})

test('an event of an API version of years ago is processed by reading the object anew', async () => {
  const { accountId, sessionId } = await aPaidPage()
  // As it looked then: with charges inside the payment, and without anything of today.
  const { id } = await deliver(sessionId, {
    api_version: '2019-02-19',
    data: {
      object: { id: sessionId, object: 'checkout.session', payment_intent: { charges: { data: [] } }, total: 1 },
    },
  })
  await world.drainEvents()
  expect(await statusOf(id)).toBe('processed')
  expect(await credits(accountId)).toBe(1)
})

test('a handler that fails three times is tried again, credits once, and counts as processed only then', async () => {
  const { accountId, sessionId } = await aPaidPage()
  const { id } = await deliver(sessionId)
  // Each try of the handler runs its transaction five times.
  await asOwner(`create sequence injected; grant usage on sequence injected to purse_app;
    create function deadlock() returns trigger language plpgsql as $$ begin
      if nextval('injected') <= 15 then raise exception 'deadlock' using errcode = '40P01'; end if; return new; end $$;
    create trigger injected before insert on transfers for each row when (new.kind = 'purchase') execute function deadlock();`)
  for (let n = 1; n <= 3; n++) {
    await expect(processStripeEvent(worker, { eventId: id })).rejects.toThrow('deadlock')
    expect(await statusOf(id)).toBe('received')
    expect(await credits(accountId)).toBe(0)
  }
  await processStripeEvent(worker, { eventId: id })
  await processStripeEvent(worker, { eventId: id })
  expect(await statusOf(id)).toBe('processed')
  expect(await credits(accountId)).toBe(1)
  await asOwner('drop trigger injected on transfers')
})

test('an object that Stripe does not have yet is looked for again, and left alone in the end', async () => {
  const { id } = await deliver('cs_test_not_there_yet')
  for (let n = 0; n < looksForMissing; n++) {
    await expect(processStripeEvent(worker, { eventId: id })).rejects.toThrow('does not have')
    expect(await statusOf(id)).toBe('received')
  }
  await processStripeEvent(worker, { eventId: id })
  expect(await statusOf(id)).toBe('ignored')
})

test('events that were lost are swept in, those that arrived in the meantime or not', async () => {
  const lost = await aPaidPage()
  await sweepStripeEvents(worker)
  await world.drainEvents()
  expect(await credits(lost.accountId)).toBe(1)

  // Nothing can be delivered for two days; the sweep is down as well, and then an event arrives.
  const { accountId } = await aPaidPage()
  await query(`update sweep_marks set swept_until = swept_until + interval '2 days'`)
  // What Stripe tells of a payment seconds later is lost as well.
  await world.control('POST', '/clock', { advance_seconds: 60 })
  await world.control('POST', '/deliveries', { mode: 'auto' })
  await aPaidPage()
  await world.drainEvents()
  expect(await credits(accountId)).toBe(0)
  const { taken } = await sweepStripeEvents(worker)
  expect(taken).toBeGreaterThan(0)
  await world.drainEvents()
  expect(await credits(accountId)).toBe(1)
  expect((await sweepStripeEvents(worker)).taken).toBe(0)
})

test('the database is down while 200 webhooks arrive: 503s, and every effect once it is back', {
  timeout: 240_000,
}, async () => {
  await quiet()
  await world.control('POST', '/deliveries', { mode: 'hold' })
  const pages: { accountId: string }[] = []
  for (let n = 0; n < 34; n++) pages.push(await aPaidPage())
  const { rows: before } = { rows: await query('select 1 from stripe_events') }

  await moveToDatabase(noDatabaseUrl)
  const { released } = await world.control<{ released: number }>('POST', '/deliveries/release', {
    order: 'shuffle',
    seed: 7,
  })
  expect(released).toBeGreaterThanOrEqual(200)
  const { deliveries } = await world.control<{
    deliveries: { state: string; attempts: { http_status: number | null }[] }[]
  }>('GET', '/deliveries')
  const refused = deliveries.filter(({ attempts }) => attempts.at(-1)?.http_status === 503)
  expect(refused.length).toBe(released)

  await moveToDatabase(world.databaseUrl)
  expect(await query('select 1 from stripe_events')).toHaveLength(before.length)
  await world.control('POST', '/deliveries', { mode: 'auto' })
  await quiet()
  expect(await Promise.all(pages.map(({ accountId }) => credits(accountId)))).toEqual(pages.map(() => 1))
  await expectStripeAndLedgerToAgree(world)
})

test('a dead event is shown to operators, raises an alarm, and can be tried again', { timeout: 120_000 }, async () => {
  await quiet()
  const { accountId, sessionId } = await aPaidPage()
  const { id } = await deliver(sessionId)
  await world.fail('http_429', { method: 'GET' })
  for (let n = 1; n < mostAttempts; n++) await expect(processStripeEvent(worker, { eventId: id })).rejects.toThrow()
  await processStripeEvent(worker, { eventId: id })
  await world.heal()

  const operator = await anOperator('admin')
  expect((await listDeadEvents(operator)).events).toMatchObject([
    { eventId: id, objectId: sessionId, attempts: mostAttempts, lastError: expect.stringContaining('Stripe') },
  ])
  expect((await readStripeAlarms(operator)).alarms).toContainEqual(
    expect.stringContaining('1 events of Stripe were given up'),
  )
  await retryStripeEvent(operator, { event: id })
  await expect(retryStripeEvent(operator, { event: id })).rejects.toMatchObject({ code: 'not_found' })
  await quiet()
  expect(await statusOf(id)).toBe('processed')
  expect(await credits(accountId)).toBe(1)
  expect(await readStripeAlarms(operator)).toMatchObject({ dead: 0, alarms: [] })
})

test('an event that waits too long raises an alarm', async () => {
  const { id } = await deliver('cs_test_waiting')
  await query(`update stripe_events set received_at = received_at - interval '2 minutes' where event_id = $1`, [id])
  const { alarms, waitingSeconds } = await readStripeAlarms(worker)
  expect(waitingSeconds).toBeGreaterThanOrEqual(119)
  expect(alarms).toContainEqual(expect.stringContaining('has waited for'))
  await query(`update stripe_events set status = 'ignored' where event_id = $1`, [id])
})

test('customers learn nothing of it, and support may look but not act', async () => {
  const { userId } = await anAccount()
  const customer: Actor = { kind: 'user', userId }
  for (const verb of [
    () => listDeadEvents(customer),
    () => readStripeAlarms(customer),
    () => retryStripeEvent(customer, { event: 'evt_1' }),
  ]) {
    await expect(verb()).rejects.toMatchObject({ code: 'not_found' })
  }
  const support = await anOperator('support')
  await expect(retryStripeEvent(support, { event: 'evt_1' })).rejects.toMatchObject({ code: 'not_allowed' })
  expect(await listDeadEvents(support)).toEqual({ events: [] })
})

async function anOperator(role: 'support' | 'admin'): Promise<Actor> {
  const { userId } = await anAccount()
  await makeOperator(worker, { userId, role })
  return { kind: 'user', userId }
}
