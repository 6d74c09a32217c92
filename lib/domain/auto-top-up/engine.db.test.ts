import http from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Actor, system } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { dayMs, hourMs, minuteMs } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { anAccount, publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import { moveDispute, openDispute, refundInDashboard } from '@/lib/testing/take-backs'
import {
  aCustomerWithCard,
  aPlan,
  buyByHand,
  drainJobs,
  insideAMonth,
  type Plan,
  passTime,
  saveCard,
  savedCardOf,
  toppedUp,
  topUpNotices,
  use,
} from '@/lib/testing/top-ups'
import { makeOperator } from '../members'
import { listPaymentMethods, removePaymentMethod, setDefaultPaymentMethod } from '../payment-methods'
import { syncByPayment } from '../refunds'
import {
  getAutoTopUp,
  getAutoTopUpSwitches,
  getConfirmUrl,
  listTopUpActivity,
  listTopUpTimeline,
  resetAutoTopUpBreaker,
  resumeAutoTopUp,
  runAutoTopUp,
  saveAutoTopUp,
  setAutoTopUpSwitch,
  sweepAutoTopUps,
} from '.'

let world: MoneyIn
const worker = system('test')
const why = 'The test says so'
const post = { method: 'POST', path_prefix: '/v1/payment_intents' }

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
}, 120_000)
afterAll(async () => {
  await moveClock(new Date()).catch(() => {})
  await world.close()
})
beforeEach(async () => {
  await world.heal()
  await insideAMonth(world)
  await world.control('POST', '/deliveries', { mode: 'drop' })
})
afterEach(async () => {
  for (const name of ['AUTO_TOP_UP_BREAKER_FLOOR', 'AUTO_TOP_UP_DRY_RUN']) delete process.env[name]
  resetEnv()
  await resetAutoTopUpBreaker(worker, { reason: why }).catch(() => {})
  await drainJobs(world)
  await expectMoneyToAgree(world)
})

const start = async (changes: Partial<Plan> = {}, fingerprint = newId()) => {
  const customer = await aCustomerWithCard(world, fingerprint)
  await saveAutoTopUp(customer.actor, { accountId: customer.accountId, ...aPlan(changes) })
  return { ...customer, fingerprint }
}
const answer = (card: string, how: object) => world.control('POST', `/payment_methods/${card}`, how)
const sweepAndDrain = async () => {
  await sweepAutoTopUps(worker)
  await drainJobs(world)
}
const statesOf = async (accountId: string) =>
  (await getAutoTopUp(worker, { accountId })).attempts.map(({ state }) => state).reverse()
const notesOf = async (accountId: string) =>
  (await listTopUpTimeline(worker, { accountId })).flatMap((entry) => (entry.kind === 'note' ? [entry.reason] : []))
const withEnv = (settings: Record<string, string>) => {
  Object.assign(process.env, settings)
  resetEnv()
}
const anOperator = async (role: 'support' | 'finance' | 'admin') => {
  const { userId, email } = await anAccount()
  await makeOperator(worker, { userId, role })
  return { actor: { kind: 'user', userId } as Actor, email }
}
const mailsTo = async (email: string) =>
  (await query<{ subject: string }>('select subject from mailbox_messages where recipient = $1', [email])).map(
    ({ subject }) => subject,
  )

describe('one card over all accounts', () => {
  test('twelve accounts with one dead card: eight declines in 30 days, each account is told once', async () => {
    const fingerprint = newId()
    const customers = []
    for (let made = 0; made < 12; made++) {
      const customer = await aCustomerWithCard(world, fingerprint)
      await answer(customer.card, { decline_code: 'do_not_honor' })
      await saveAutoTopUp(customer.actor, { accountId: customer.accountId, ...aPlan({ minimum: '20.00' }) })
      customers.push(customer)
    }
    await Promise.all(customers.map(({ accountId }) => runAutoTopUp(worker, { accountId })))
    for (let round = 0; round < 3; round++) {
      await sweepAndDrain()
      await passTime(world, 2 * hourMs)
    }
    const declines = () =>
      query('select 1 from auto_top_up_attempts where card = $1 and state = $2', [fingerprint, 'declined'])
    expect(await declines()).toHaveLength(8)
    expect(await query('select 1 from card_declines where fingerprint = $1', [fingerprint])).toHaveLength(8)
    for (const { accountId } of customers) {
      const notices = await topUpNotices(accountId)
      expect(notices.filter((notice) => notice.startsWith('top_up_paused'))).toEqual([
        'top_up_paused card_declined_too_often',
      ])
      expect(await notesOf(accountId)).toEqual(['card_declined_too_often'])
    }

    const [{ accountId, actor }] = customers as [(typeof customers)[number]]
    await resumeAutoTopUp(actor, { accountId })
    await drainJobs(world)
    expect(await declines()).toHaveLength(8)
    expect((await topUpNotices(accountId)).at(-1)).toBe('top_up_paused card_declined_too_often')
    await passTime(world, 31 * dayMs)
    await resumeAutoTopUp(actor, { accountId })
    await drainJobs(world)
    expect(await declines()).toHaveLength(9)
  }, 180_000)

  test('the same card saved anew lifts nothing; another card does', async () => {
    const { accountId, actor, card, fingerprint } = await start({ minimum: '20.00' })
    await answer(card, { decline_code: 'lost_card' })
    await drainJobs(world)
    expect(await getAutoTopUp(worker, { accountId })).toMatchObject({ state: 'paused' })
    const again = await saveCard(world, accountId, fingerprint)
    expect(await savedCardOf(accountId)).toBe(again)
    await drainJobs(world)
    expect(await statesOf(accountId)).toEqual(['declined'])

    const [method] = await listPaymentMethods(actor, { accountId })
    await removePaymentMethod(actor, { accountId, paymentMethodId: method!.paymentMethodId })
    await saveCard(world, accountId, fingerprint)
    await drainJobs(world)
    expect(await statesOf(accountId)).toEqual(['declined'])

    await saveCard(world, accountId)
    const other = (await listPaymentMethods(actor, { accountId })).find(({ isDefault }) => !isDefault)!
    await setDefaultPaymentMethod(actor, { accountId, paymentMethodId: other.paymentMethodId })
    await drainJobs(world)
    expect(await statesOf(accountId)).toEqual(['declined', 'succeeded'])
    expect(await notesOf(accountId)).toEqual(['resumed'])
  }, 60_000)

  test('the same card removed and saved again keeps its declines', async () => {
    const { accountId, actor, card, fingerprint } = await start({ minimum: '20.00' })
    await answer(card, { decline_code: 'insufficient_funds' })
    await drainJobs(world)
    const [method] = await listPaymentMethods(actor, { accountId })
    await removePaymentMethod(actor, { accountId, paymentMethodId: method!.paymentMethodId })
    await passTime(world, 2 * hourMs)
    await sweepAndDrain()
    expect(await topUpNotices(accountId)).toEqual(['top_up_declined', 'top_up_paused no_payment_method'])
    const again = await saveCard(world, accountId, fingerprint)
    await answer(again, { decline_code: 'insufficient_funds' })
    await drainJobs(world)
    expect(await statesOf(accountId)).toEqual(['declined', 'declined'])
    const [setting] = await query<{ n: number }>(
      'select consecutive_declines as n from auto_top_up_settings where account_id = $1',
      [accountId],
    )
    expect(setting?.n).toBe(2)
  }, 60_000)
})

/** The most automatic charges in any five minutes of the last week, leaving out the last five. */
async function busiestFiveMinutes(): Promise<number> {
  const rows = await query<{ at: Date }>('select created_at as at from auto_top_up_attempts')
  const end = (await now()).getTime() - 5 * minuteMs
  const times = rows.map(({ at }) => at.getTime()).filter((time) => time <= end && time > end - 7 * dayMs)
  return Math.max(
    0,
    ...times.map((time) => times.filter((other) => other <= time && other >= time - 5 * minuteMs).length),
  )
}

describe('the breaker', () => {
  test('trips when charges run away, stops everybody, is mailed, and is reset by an operator with a reason', async () => {
    const [finance, support] = [await anOperator('finance'), await anOperator('support')]
    await passTime(world, 10 * minuteMs)
    withEnv({ AUTO_TOP_UP_BREAKER_FLOOR: '3' })
    const usual = await getAutoTopUpSwitches(finance.actor)
    expect(usual.breaker).toMatchObject({ isTripped: false, chargesInFiveMinutes: 0 })
    expect(usual.breaker.tripsAt).toBe(Math.max(3, 3 * (await busiestFiveMinutes())))
    const customers = []
    for (let made = 0; made < usual.breaker.tripsAt + 2; made++) customers.push(await start({ minimum: '20.00' }))
    await drainJobs(world)
    const succeeded = await Promise.all(customers.map(async ({ accountId }) => (await toppedUp(accountId)).length))
    const charges = succeeded.reduce((sum, count) => sum + count, 0)
    expect(charges).toBeGreaterThanOrEqual(usual.breaker.tripsAt)
    // Four jobs run at once, and each may have counted before the others charged.
    expect(charges).toBeLessThanOrEqual(usual.breaker.tripsAt + 3)
    const tripped = await getAutoTopUpSwitches(support.actor)
    expect(tripped.breaker).toMatchObject({ isTripped: true, changedBy: 'system:auto-top-up' })
    expect(tripped.breaker.reason).toContain('automatic charges in five minutes')
    expect(await mailsTo(finance.email)).toEqual(['The breaker of auto top-up has tripped'])
    expect(await mailsTo(support.email)).toEqual([])

    await passTime(world, hourMs)
    const late = await start({ minimum: '20.00' })
    await drainJobs(world)
    expect(await toppedUp(late.accountId)).toEqual([])
    expect(await notesOf(late.accountId)).toEqual(['stopped_by_breaker'])
    expect((await getAutoTopUp(worker, { accountId: late.accountId })).waitingText).toContain('stopped by the operator')

    await expect(resetAutoTopUpBreaker(support.actor, { reason: why })).rejects.toMatchObject({ code: 'not_allowed' })
    await expect(resetAutoTopUpBreaker(late.actor, { reason: why })).rejects.toMatchObject({ code: 'not_found' })
    await expect(resetAutoTopUpBreaker(finance.actor, { reason: ' ' })).rejects.toMatchObject({
      facts: { field: 'reason' },
    })
    const reset = await resetAutoTopUpBreaker(finance.actor, { reason: why })
    expect(reset.breaker.isTripped).toBe(false)
    expect(reset.changes[0]).toMatchObject({ name: 'auto_top_up_breaker', isOn: false, reason: why })
    await expect(resetAutoTopUpBreaker(finance.actor, { reason: why })).rejects.toMatchObject({ code: 'conflict' })
    await sweepAndDrain()
    expect(await toppedUp(late.accountId)).toEqual([1000])
    expect(await mailsTo(finance.email)).toHaveLength(2)
  }, 120_000)

  test('trips when a charge cannot be written to the ledger; the charge is credited all the same, once', async () => {
    const { accountId } = await start({ minimum: '20.00' })
    const owner = new pg.Client({ connectionString: world.databaseUrl })
    await owner.connect()
    await owner.query(`create function planted() returns trigger language plpgsql as $$ begin raise exception 'planted'; end $$;
      create trigger planted before insert on transfers for each row when (new.kind = 'auto_top_up') execute function planted()`)
    await expect(runAutoTopUp(worker, { accountId })).rejects.toThrow('planted')
    await owner.query('drop trigger planted on transfers; drop function planted')
    await owner.end()
    expect((await getAutoTopUpSwitches(worker)).breaker).toMatchObject({
      isTripped: true,
      reason: expect.stringContaining('could not be written to the ledger'),
    })
    const other = await start({ minimum: '20.00' })
    await passTime(world, 2 * minuteMs)
    await sweepAndDrain()
    expect(await toppedUp(accountId)).toEqual([1000])
    expect(await toppedUp(other.accountId)).toEqual([])
  }, 60_000)

  test('trips when Stripe does not accept the key; nothing was charged, and it goes on afterwards', async () => {
    const { accountId } = await start({ minimum: '20.00' })
    const stranger = http.createServer((request, response) => {
      request.resume()
      response
        .writeHead(401, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: { type: 'invalid_request_error', message: 'Invalid API Key provided' } }))
    })
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const port = process.env.STRIPE_API_PORT!
    withEnv({ STRIPE_API_PORT: String((stranger.address() as AddressInfo).port) })
    expect(await runAutoTopUp(worker, { accountId })).toMatchObject({ state: 'unknown' })
    withEnv({ STRIPE_API_PORT: port })
    stranger.closeAllConnections()
    stranger.close()
    expect((await getAutoTopUpSwitches(worker)).breaker.reason).toContain('Invalid API Key')
    await resetAutoTopUpBreaker(worker, { reason: why })
    await passTime(world, 16 * minuteMs)
    await sweepAndDrain()
    expect(await statesOf(accountId)).toEqual(['succeeded'])
    expect(await topUpNotices(accountId)).toEqual(['top_up_succeeded'])
  }, 60_000)
})

describe('switches', () => {
  test('switched off by an operator, nothing new is charged, and what is in flight is carried to its end', async () => {
    const operator = await anOperator('admin')
    const { accountId } = await start({ minimum: '20.00' })
    await world.control('POST', '/faults', { kind: 'reset_after', count: 4, match: post })
    await runAutoTopUp(worker, { accountId })
    await setAutoTopUpSwitch(operator.actor, { name: 'off', isOn: true, reason: why })
    const other = await start({ minimum: '20.00' })
    await world.heal()
    await passTime(world, 2 * minuteMs)
    await sweepAndDrain()
    await sweepAndDrain()
    expect([await toppedUp(accountId), await toppedUp(other.accountId)]).toEqual([[1000], []])
    expect(await notesOf(other.accountId)).toEqual(['stopped_by_operator'])
    expect((await getAutoTopUpSwitches(operator.actor)).off).toMatchObject({ isOn: true, reason: why })
    await setAutoTopUpSwitch(operator.actor, { name: 'off', isOn: false, reason: why })
    await sweepAndDrain()
    expect(await toppedUp(other.accountId)).toEqual([1000])
    await expect(setAutoTopUpSwitch(other.actor, { name: 'off', isOn: true, reason: why })).rejects.toMatchObject({
      code: 'not_found',
    })
  }, 60_000)

  test.each(['the database', 'the environment'])(
    'a dry run by %s charges nobody and mails nobody',
    async (where) => {
      if (where === 'the environment') withEnv({ AUTO_TOP_UP_DRY_RUN: '1' })
      else await setAutoTopUpSwitch(worker, { name: 'dry_run', isOn: true, reason: why })
      const { accountId } = await start({ minimum: '20.00', mode: 'target' })
      const cardless = await start({ minimum: '20.00' })
      const [method] = await listPaymentMethods(worker, { accountId: cardless.accountId })
      await removePaymentMethod(worker, { accountId: cardless.accountId, paymentMethodId: method!.paymentMethodId })
      for (let round = 0; round < 3; round++) {
        await sweepAndDrain()
        await passTime(world, minuteMs)
      }
      expect(await statesOf(accountId)).toEqual([])
      expect([await topUpNotices(accountId), await topUpNotices(cardless.accountId)]).toEqual([[], []])
      expect(await listTopUpActivity(worker, { accountId })).toMatchObject([
        { kind: 'note', reason: 'dry_run', amount: '39.00', text: 'Dry run: would have charged $39.00.' },
      ])
      expect(await listTopUpTimeline(worker, { accountId })).toEqual([])
      if (where === 'the environment') withEnv({ AUTO_TOP_UP_DRY_RUN: '0' })
      else await setAutoTopUpSwitch(worker, { name: 'dry_run', isOn: false, reason: why })
      await sweepAndDrain()
      expect(await toppedUp(accountId)).toEqual([3900])
    },
    60_000,
  )
})

describe('unknown outcomes', () => {
  test('another order under our key is a bug: paused, told once, never sent under another key', async () => {
    const { accountId, card } = await start({ minimum: '20.00' })
    await world.control('POST', '/faults', { kind: 'reset_before', count: 2, match: post })
    await runAutoTopUp(worker, { accountId })
    const [{ key, customer }] = (await query<{ key: string; customer: string }>(
      `select request->>'idempotencyKey' as key, request->>'customerId' as customer from auto_top_up_attempts where account_id = $1`,
      [accountId],
    )) as [{ key: string; customer: string }]
    await fetch(`${world.sandboxUrl}/v1/payment_intents`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer sk_test_moneyin',
        'content-type': 'application/x-www-form-urlencoded',
        'idempotency-key': key,
      },
      body: new URLSearchParams({ amount: '700', currency: 'usd', customer, payment_method: card }).toString(),
    })
    for (let round = 0; round < 8; round++) {
      await passTime(world, 10 * minuteMs)
      await sweepAndDrain()
    }
    expect(await statesOf(accountId)).toEqual(['canceled'])
    expect(await topUpNotices(accountId)).toEqual(['top_up_paused fault'])
    expect(await getAutoTopUp(worker, { accountId })).toMatchObject({ state: 'paused' })
    expect(await toppedUp(accountId)).toEqual([])
  }, 60_000)

  test('twenty 429, five 500, a 409, HTML and a lost answer in a row are no decline; one charge at the end', async () => {
    const { accountId } = await start({ minimum: '20.00' })
    for (const [kind, count] of [
      ['http_429', 20],
      ['http_500_no_retry', 5],
      ['http_409', 2],
      ['html_502', 2],
      ['reset_after', 2],
    ] as const) {
      await world.control('POST', '/faults', { kind, count, match: post })
    }
    for (let round = 0; round < 60 && (await toppedUp(accountId)).length === 0; round++) {
      await passTime(world, 15 * minuteMs)
      await sweepAndDrain()
    }
    expect(await toppedUp(accountId)).toEqual([1000])
    expect((await statesOf(accountId)).filter((state) => state === 'succeeded')).toHaveLength(1)
    expect(await statesOf(accountId)).not.toContain('declined')
    expect(await topUpNotices(accountId)).toEqual(['top_up_succeeded'])
  }, 120_000)
})

describe('while a charge is in flight', () => {
  const hang = async (changes: Partial<Plan> = {}) => {
    const customer = await start({ minimum: '20.00', ...changes })
    await world.control('POST', '/faults', { kind: 'reset_after', count: 4, match: post })
    await runAutoTopUp(worker, { accountId: customer.accountId })
    await world.heal()
    return customer
  }
  const settle = async () => {
    for (let round = 0; round < 3; round++) {
      await passTime(world, 2 * minuteMs)
      await sweepAndDrain()
    }
  }

  test('everything lowered: it settles once, and nothing is bought by the old values', async () => {
    const { accountId, actor } = await hang({ amount: '50.00', monthlyLimit: '100.00' })
    await saveAutoTopUp(actor, { accountId, ...aPlan({ minimum: '1.00', amount: '5.00', monthlyLimit: '10.00' }) })
    await settle()
    expect(await toppedUp(accountId)).toEqual([5000])
    expect(await getAutoTopUp(worker, { accountId })).toMatchObject({ state: 'on', leftThisMonth: '0.00' })
  }, 60_000)

  test('the card removed: it settles once, and the next need pauses for want of a card', async () => {
    const { accountId, actor } = await hang()
    const [method] = await listPaymentMethods(actor, { accountId })
    await removePaymentMethod(actor, { accountId, paymentMethodId: method!.paymentMethodId })
    await settle()
    expect(await toppedUp(accountId)).toEqual([1000])
    await use(accountId, 10)
    await settle()
    expect(await toppedUp(accountId)).toEqual([1000])
    expect(await topUpNotices(accountId)).toEqual(['top_up_succeeded', 'top_up_paused no_payment_method'])
  }, 60_000)

  test('the card exchanged before Stripe heard of the order: the next card pays once', async () => {
    const { accountId, actor } = await start({ minimum: '20.00' })
    await world.control('POST', '/faults', { kind: 'reset_before', count: 2, match: post })
    await runAutoTopUp(worker, { accountId })
    const [former] = await listPaymentMethods(actor, { accountId })
    await saveCard(world, accountId)
    await removePaymentMethod(actor, { accountId, paymentMethodId: former!.paymentMethodId })
    await settle()
    expect(await statesOf(accountId)).toEqual(['declined', 'succeeded'])
    expect(await toppedUp(accountId)).toEqual([1000])
  }, 60_000)
})

test('the customer deleted at Stripe: paused for the right reason, and told once', async () => {
  const { accountId } = await start()
  const [account] = await query<{ customer: string }>(
    'select stripe_customer_id as customer from accounts where account_id = $1',
    [accountId],
  )
  await fetch(`${world.sandboxUrl}/v1/customers/${account!.customer}`, {
    method: 'DELETE',
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })
  await use(accountId, 8)
  await drainJobs(world)
  for (let day = 0; day < 3; day++) {
    await passTime(world, dayMs)
    await sweepAndDrain()
  }
  expect(await statesOf(accountId)).toEqual(['declined'])
  expect(await topUpNotices(accountId)).toEqual(['top_up_paused card_gone'])
  expect((await getAutoTopUp(worker, { accountId })).stateText).toContain('removed at our payment provider')
}, 60_000)

describe('refunds and disputes', () => {
  const lastPayment = async (accountId: string, origin: string) => {
    const [row] = await query<{ id: string }>(
      `select payment_intent_id as id from purchases where account_id = $1 and origin = $2 and state = 'paid'
        order by paid_at desc limit 1`,
      [accountId, origin],
    )
    return row!.id
  }

  test('below zero by a refund, no card is charged; bought out of it by hand, it goes on', async () => {
    const { accountId, actor } = await start()
    await use(accountId, 5.5)
    const paymentIntentId = await lastPayment(accountId, 'checkout')
    await refundInDashboard(world, paymentIntentId, 1000)
    await syncByPayment(worker, { paymentIntentId })
    await passTime(world, 2 * minuteMs)
    await sweepAndDrain()
    expect(await runAutoTopUp(worker, { accountId })).toEqual({ kind: 'skipped', because: 'refund_or_dispute_open' })
    expect(await toppedUp(accountId)).toEqual([])
    expect(await notesOf(accountId)).toEqual(['refund_or_dispute_open'])
    await buyByHand(world, { accountId, actor }, { amount: '5.00', saveCard: false })
    await drainJobs(world)
    expect(await toppedUp(accountId)).toEqual([1000])
  }, 60_000)

  test('while an automatic charge is disputed no card is charged; decided, it goes on', async () => {
    const { accountId } = await start({ minimum: '15.00' })
    await drainJobs(world)
    expect(await toppedUp(accountId)).toEqual([1000])
    const paymentIntentId = await lastPayment(accountId, 'auto_top_up')
    const { id } = await openDispute(world, paymentIntentId)
    await syncByPayment(worker, { paymentIntentId })
    await passTime(world, 2 * minuteMs)
    await sweepAndDrain()
    expect(await runAutoTopUp(worker, { accountId })).toEqual({ kind: 'skipped', because: 'refund_or_dispute_open' })
    await moveDispute(world, id, 'won')
    await syncByPayment(worker, { paymentIntentId })
    await use(accountId, 10)
    await sweepAndDrain()
    expect(await toppedUp(accountId)).toEqual([1000, 1000])
  }, 60_000)
})

test('the limit is told at four fifths and when it is used up, once each', async () => {
  const { accountId } = await start({ minimum: '0.00', amount: '20.00', monthlyLimit: '50.00' })
  for (let round = 0; round < 4; round++) {
    await use(accountId, 21)
    await drainJobs(world)
    await passTime(world, 2 * minuteMs)
    await sweepAndDrain()
  }
  expect(await toppedUp(accountId)).toEqual([2000, 2000, 1000])
  expect(await topUpNotices(accountId)).toEqual([
    'top_up_succeeded',
    'top_up_succeeded',
    'top_up_limit_near',
    'top_up_succeeded',
    'top_up_paused monthly_limit',
  ])
}, 60_000)

test('the customer reads sentences, operators read codes, and strangers read nothing', async () => {
  const { accountId, actor, card } = await start({ minimum: '20.00' })
  await answer(card, { decline_code: 'lost_card' })
  await drainJobs(world)
  expect(await listTopUpTimeline(actor, { accountId })).toMatchObject([
    {
      kind: 'attempt',
      state: 'declined',
      amount: '10.00',
      outcomeText: expect.stringContaining('The bank declined $10.00 on the card ending in 4242.'),
    },
  ])
  const support = await anOperator('support')
  const [entry] = await listTopUpActivity(support.actor, { accountId })
  expect(entry).toMatchObject({
    kind: 'attempt',
    accountId,
    declineCode: 'lost_card',
    adviceCode: 'do_not_try_again',
    paymentIntentId: expect.stringMatching(/^pi_/),
    idempotencyKey: expect.stringMatching(/^topup:/),
    tries: 1,
    facts: { available: '11.00', minimum: '20.00' },
  })
  expect(await listTopUpActivity(support.actor, { before: entry!.at, accountId })).toEqual([])
  expect((await listTopUpActivity(support.actor)).map(({ accountId }) => accountId)).toContain(accountId)
  await expect(listTopUpActivity(support.actor, { before: 'yesterday' })).rejects.toMatchObject({
    facts: { field: 'before' },
  })
  const { userId } = await anAccount()
  const stranger: Actor = { kind: 'user', userId }
  await expect(listTopUpTimeline(stranger, { accountId })).rejects.toMatchObject({ code: 'not_found' })
  await expect(listTopUpActivity(stranger)).rejects.toMatchObject({ code: 'not_found' })
  await expect(getAutoTopUpSwitches(stranger)).rejects.toMatchObject({ code: 'not_found' })
}, 60_000)

test('the mailed link leads to a page of ours, which leads on as long as there is something to confirm', async () => {
  const { accountId, actor, card } = await start({ minimum: '20.00' })
  await answer(card, { authentication_required: true })
  await drainJobs(world)
  const [notice] = await query<{ url: string }>(
    "select facts->>'url' as url from notifications where account_id = $1 and kind = 'top_up_needs_you'",
    [accountId],
  )
  const attemptId = /^http:\/\/localhost:3000\/credits\/confirm\/([0-9a-f-]{36})$/.exec(notice!.url)![1]!
  const { attempts } = await getAutoTopUp(worker, { accountId })
  expect(await getConfirmUrl(actor, { accountId, attemptId })).toBe(attempts[0]!.recoveryUrl)
  expect(await getConfirmUrl(actor, { accountId, attemptId: newId() })).toBe(null)
  const { userId } = await anAccount()
  await expect(getConfirmUrl({ kind: 'user', userId }, { accountId, attemptId })).rejects.toMatchObject({
    code: 'not_found',
  })
  await world.pay(attempts[0]!.recoveryUrl!)
  await runAutoTopUp(worker, { accountId })
  expect(await getConfirmUrl(actor, { accountId, attemptId })).toBe(null)
  expect(await query('select 1 from card_declines where attempt_id = $1', [attemptId])).toHaveLength(1)
}, 60_000)
