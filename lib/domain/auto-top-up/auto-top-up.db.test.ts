import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { dayMs, hourMs, minuteMs } from '@/lib/core/time'
import { moveClock } from '@/lib/edges/clock'
import { pool, query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { anAccount, publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
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
import { setMonthlyCap } from '../budgets'
import { listPaymentMethods, removePaymentMethod } from '../payment-methods'
import { getAutoTopUp, isTopUpInProgress, resumeAutoTopUp, runAutoTopUp, saveAutoTopUp, sweepAutoTopUps } from '.'

let world: MoneyIn
const worker = system('test')

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
}, 120_000)
afterAll(() => world.close())
beforeEach(async () => {
  await world.heal()
  await insideAMonth(world)
  // Nothing but auto top-up's own runs may learn of a payment.
  await world.control('POST', '/deliveries', { mode: 'drop' })
})
afterEach(async () => {
  await drainJobs(world)
  await expectMoneyToAgree(world)
})

const start = async (changes: Partial<Plan> = {}) => {
  const customer = await aCustomerWithCard(world)
  await saveAutoTopUp(customer.actor, { accountId: customer.accountId, ...aPlan(changes) })
  return customer
}
const answer = (card: string, how: object) => world.control('POST', `/payment_methods/${card}`, how)
const sweepAndDrain = async () => {
  await sweepAutoTopUps(worker)
  await drainJobs(world)
}
const statesOf = async (accountId: string) =>
  (await getAutoTopUp(worker, { accountId })).attempts.map(({ state }) => state).reverse()
const chargesOf = async (card: string): Promise<number> => {
  const answered = await fetch(`${world.sandboxUrl}/v1/charges?limit=100`, {
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })
  const { data } = (await answered.json()) as { data: { payment_method: string; metadata: { attempt_id?: string } }[] }
  return data.filter((charge) => charge.payment_method === card && charge.metadata.attempt_id).length
}

describe('firing', () => {
  test('a burst of charges that crosses the minimum charges the card once', async () => {
    const { accountId, card } = await start({ mode: 'target' })
    const burst = Array.from({ length: 32 }, () => use(accountId, 0.25))
    for (let round = 0; round < 8; round++) await drainJobs(world) // the worker is at work meanwhile
    await Promise.all(burst)
    await drainJobs(world)
    expect(await toppedUp(accountId)).toHaveLength(1)
    expect(await chargesOf(card)).toBe(1)
    expect(await topUpNotices(accountId)).toEqual(['top_up_succeeded'])
  })

  test('credit above the minimum charges nothing', async () => {
    const { accountId } = await start()
    await use(accountId, 5.9)
    await drainJobs(world)
    expect(await runAutoTopUp(worker, { accountId })).toEqual({ kind: 'skipped', because: 'enough' })
    expect(await toppedUp(accountId)).toEqual([])
  })

  test('switched on while already below, one charge closes the whole gap: $95 short in steps of $10 is $100', async () => {
    const { accountId } = await start({ minimum: '106.00' })
    await drainJobs(world)
    expect(await toppedUp(accountId)).toEqual([10_000])
    const { attempts, state, spentThisMonth } = await getAutoTopUp(worker, { accountId })
    expect(attempts).toMatchObject([
      {
        state: 'succeeded',
        amount: '100.00',
        whyText: 'Available credit ($11.00) was at or below the minimum of $106.00.',
        outcomeText: 'Charged $100.00 to the card ending in 4242 and added it as credit.',
      },
    ])
    expect({ state, spentThisMonth }).toEqual({ state: 'on', spentThisMonth: '100.00' })
    expect(attempts[0]?.receiptUrl).toMatch(/^http/)
  })

  test('it cannot be switched on without a saved card', async () => {
    const { accountId } = await anAccount()
    await expect(saveAutoTopUp(worker, { accountId, ...aPlan() })).rejects.toMatchObject({
      code: 'no_payment_method',
      facts: { field: 'isOn' },
    })
    expect((await getAutoTopUp(worker, { accountId })).state).toBe('off')
  })

  test('what is under way is told to the gate, and afterwards no longer', async () => {
    const { accountId } = await start({ minimum: '20.00' })
    expect(await isTopUpInProgress(pool(), accountId)).toBe(true)
    await drainJobs(world)
    expect(await isTopUpInProgress(pool(), accountId)).toBe(false)
  })
})

describe('limits', () => {
  test('the monthly limit is exact under 64 triggers, and told once', async () => {
    const { accountId, card } = await start({ minimum: '1000.00', monthlyLimit: '25.00' })
    for (let round = 0; round < 2; round++) {
      await Promise.all(Array.from({ length: 64 }, () => runAutoTopUp(worker, { accountId })))
      await passTime(world, 2 * minuteMs)
    }
    await sweepAndDrain()
    expect(await toppedUp(accountId)).toEqual([2500])
    expect(await chargesOf(card)).toBe(1)
    expect(await topUpNotices(accountId)).toEqual(['top_up_succeeded', 'top_up_paused monthly_limit'])
    expect(await getAutoTopUp(worker, { accountId })).toMatchObject({ state: 'on', leftThisMonth: '0.00' })
    expect((await getAutoTopUp(worker, { accountId })).waitingText).toContain('monthly limit')
  })

  test('a limit that is lowered stops further charges, and one that is raised lets them go on', async () => {
    const { accountId, actor } = await start({ minimum: '15.00' })
    await drainJobs(world)
    await saveAutoTopUp(actor, { accountId, ...aPlan({ minimum: '40.00', monthlyLimit: '8.00' }) })
    await passTime(world, 2 * minuteMs)
    await sweepAndDrain()
    expect(await toppedUp(accountId)).toEqual([1000])
    await saveAutoTopUp(actor, { accountId, ...aPlan({ minimum: '40.00', monthlyLimit: '16.50' }) })
    await drainJobs(world)
    expect(await toppedUp(accountId)).toEqual([1000, 650])
  })

  test('it does not buy what the monthly budget cap would not let the account spend', async () => {
    const { accountId, actor } = await start({ minimum: '20.00', isOn: false })
    await setMonthlyCap(actor, { accountId, limit: '18.00', warnAtPercent: [80] })
    await saveAutoTopUp(actor, { accountId, ...aPlan({ minimum: '20.00' }) })
    await drainJobs(world)
    expect(await toppedUp(accountId)).toEqual([700])
    await passTime(world, 2 * minuteMs)
    expect(await runAutoTopUp(worker, { accountId })).toEqual({ kind: 'skipped', because: 'cap_leaves_no_room' })
  })

  test('charges wait a minute for each other, and no more than five are made in a day', async () => {
    const { accountId } = await start({ minimum: '0.00' })
    for (let round = 0; round < 8; round++) {
      await use(accountId, 11)
      await drainJobs(world)
      expect(await runAutoTopUp(worker, { accountId })).toMatchObject({ kind: 'skipped' })
      await passTime(world, minuteMs + 1000)
      await sweepAndDrain()
    }
    expect(await toppedUp(accountId)).toHaveLength(5)
    expect((await getAutoTopUp(worker, { accountId })).waitingText).toContain('five automatic charges')
  })

  test('the operator can stop every automatic charge', async () => {
    process.env.AUTO_TOP_UP_OFF = '1'
    resetEnv()
    try {
      const { accountId } = await start({ minimum: '20.00' })
      expect(await runAutoTopUp(worker, { accountId })).toEqual({ kind: 'skipped', because: 'stopped_by_operator' })
    } finally {
      delete process.env.AUTO_TOP_UP_OFF
      resetEnv()
    }
  })
})

describe('declines', () => {
  test('a week of declines is four attempts at 0, 1, 7 and 31 hours, told at the first and at the pause', async () => {
    const { accountId, card } = await start()
    await answer(card, { decline_code: 'insufficient_funds' })
    await use(accountId, 8)
    await drainJobs(world)
    for (let hour = 0; hour < 7 * 24; hour++) {
      await passTime(world, hourMs)
      await sweepAutoTopUps(worker)
      if (hour % 6 === 0) await use(accountId, 0.001)
      await drainJobs(world)
    }
    const rows = await query<{ hours: number; state: string }>(
      `select round(extract(epoch from created_at - min(created_at) over ()) / 3600 * 2) / 2 as hours, state
         from auto_top_up_attempts where account_id = $1 order by created_at`,
      [accountId],
    )
    expect(rows.map(({ hours, state }) => [Number(hours), state])).toEqual(
      [0, 1, 7, 31].map((hours) => [expect.closeTo(hours, 0), 'declined']),
    )
    expect(await chargesOf(card)).toBe(4)
    expect(await topUpNotices(accountId)).toEqual(['top_up_declined', 'top_up_paused declines'])
    expect(await getAutoTopUp(worker, { accountId })).toMatchObject({ state: 'paused' })

    await answer(card, { ok: true })
    await resumeAutoTopUp(worker, { accountId })
    await drainJobs(world)
    expect(await toppedUp(accountId)).toEqual([1000])
    expect(await getAutoTopUp(worker, { accountId })).toMatchObject({ state: 'on' })
  }, 240_000)

  test('a lost card is tried once, and a new card ends the pause', async () => {
    const { accountId, actor, card } = await start()
    await answer(card, { decline_code: 'lost_card' })
    await use(accountId, 8)
    await drainJobs(world)
    await passTime(world, 2 * dayMs)
    await sweepAndDrain()
    expect(await statesOf(accountId)).toEqual(['declined'])
    expect(await topUpNotices(accountId)).toEqual(['top_up_paused hard_decline'])

    await saveCard(world, accountId)
    const methods = await listPaymentMethods(actor, { accountId })
    await removePaymentMethod(actor, {
      accountId,
      paymentMethodId: methods.find(({ isDefault }) => isDefault)!.paymentMethodId,
    })
    expect(await savedCardOf(accountId)).not.toBe(card)
    expect(await runAutoTopUp(worker, { accountId })).toMatchObject({ kind: 'ran', state: 'succeeded' })
    expect(await getAutoTopUp(worker, { accountId })).toMatchObject({ state: 'on', coolingUntil: null })
  })

  test('a purchase by hand ends the wait after a decline', async () => {
    const { accountId, actor, card } = await start({ minimum: '50.00' })
    await answer(card, { decline_code: 'do_not_honor' })
    await drainJobs(world)
    expect(await getAutoTopUp(worker, { accountId })).toMatchObject({ state: 'cooling' })
    await answer(card, { ok: true })
    await buyByHand(world, { accountId, actor }, { amount: '5.00', saveCard: false })
    await drainJobs(world)
    expect(await toppedUp(accountId)).toEqual([4000])
  })

  test('a card that was removed pauses it, and the next card resumes it', async () => {
    const { accountId, actor } = await start()
    const [method] = await listPaymentMethods(actor, { accountId })
    await removePaymentMethod(actor, { accountId, paymentMethodId: method!.paymentMethodId })
    await use(accountId, 8)
    await drainJobs(world)
    expect(await topUpNotices(accountId)).toEqual(['top_up_paused no_payment_method'])
    await saveCard(world, accountId)
    await drainJobs(world)
    expect(await toppedUp(accountId)).toEqual([1000])
  })

  test('a card that is gone at Stripe alone is a decline that pauses', async () => {
    const { accountId, card } = await start()
    await fetch(`${world.sandboxUrl}/v1/payment_methods/${card}/detach`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_moneyin' },
    })
    await use(accountId, 8)
    await drainJobs(world)
    expect(await statesOf(accountId)).toEqual(['declined'])
    expect(await topUpNotices(accountId)).toEqual(['top_up_paused card_gone'])
    expect(await listPaymentMethods(worker, { accountId })).toEqual([])
  })
})

describe('authentication', () => {
  const needsCustomer = async () => {
    const customer = await start({ minimum: '20.00' })
    await answer(customer.card, { authentication_required: true })
    await drainJobs(world)
    const topUp = await getAutoTopUp(worker, { accountId: customer.accountId })
    expect(topUp).toMatchObject({ state: 'needs_you', attempts: [{ state: 'requires_action' }] })
    return { ...customer, url: topUp.attempts[0]!.recoveryUrl! }
  }

  test('a link is sent; paid, the credit is there once and auto top-up goes on; the first payment can never be paid', async () => {
    const { accountId, url } = await needsCustomer()
    expect(await topUpNotices(accountId)).toEqual(['top_up_needs_you'])
    expect(await isTopUpInProgress(pool(), accountId)).toBe(false)
    const [attempt] = await query<{ id: string }>(
      'select payment_intent_id as id from auto_top_up_attempts where account_id = $1',
      [accountId],
    )
    const confirm = await fetch(`${world.sandboxUrl}/v1/payment_intents/${attempt!.id}/confirm`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_moneyin', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'payment_method=pm_card_visa',
    })
    expect(confirm.status).toBe(400)

    await world.pay(url)
    await Promise.all([1, 2, 3].map(() => runAutoTopUp(worker, { accountId })))
    expect(await toppedUp(accountId)).toEqual([1000])
    expect(await topUpNotices(accountId)).toEqual(['top_up_needs_you', 'top_up_succeeded'])
    expect(await getAutoTopUp(worker, { accountId })).toMatchObject({ state: 'on' })
  })

  test('a link that is not used for a day ends the attempt and pauses', async () => {
    const { accountId, url } = await needsCustomer()
    await passTime(world, 25 * hourMs)
    await sweepAndDrain()
    expect(await statesOf(accountId)).toEqual(['canceled'])
    expect(await topUpNotices(accountId)).toEqual(['top_up_needs_you', 'top_up_paused authentication'])
    await expect(world.pay(url)).rejects.toThrow()
  })

  test('switched off, the link can no longer be paid', async () => {
    const { accountId, actor, url } = await needsCustomer()
    await saveAutoTopUp(actor, { accountId, ...aPlan({ isOn: false }) })
    await drainJobs(world)
    expect(await statesOf(accountId)).toEqual(['canceled'])
    await expect(world.pay(url)).rejects.toThrow()
  })

  test('Stripe away while the link is made: it is made later', async () => {
    const customer = await start({ minimum: '20.00' })
    await answer(customer.card, { authentication_required: true })
    await world.fail('http_500', { path_prefix: '/v1/checkout' })
    await drainJobs(world)
    expect(await topUpNotices(customer.accountId)).toEqual([])
    await world.heal()
    await passTime(world, 2 * minuteMs)
    await sweepAndDrain()
    expect(await topUpNotices(customer.accountId)).toEqual(['top_up_needs_you'])
  })
})

describe('outages', () => {
  const post = { method: 'POST', path_prefix: '/v1/payment_intents' }
  const faults: [what: string, fault: object][] = [
    ['a reset before the effect', { kind: 'reset_before', count: 4 }],
    ['a reset after the effect', { kind: 'reset_after', count: 4 }],
    ['a truncated answer', { kind: 'truncated_200', count: 2 }],
    ['429', { kind: 'http_429', count: 3 }],
    ['409', { kind: 'http_409', count: 3 }],
    ['500 after the effect, for ever under this key', { kind: 'http_500', count: 3, after_effect: true }],
    ['502 in HTML', { kind: 'html_502', count: 3 }],
  ]

  test.each(faults)('%s is no decline, and one charge comes of it', async (_, fault) => {
    const { accountId, card } = await start({ minimum: '20.00' })
    await world.control('POST', '/faults', { ...fault, match: post })
    await drainJobs(world)
    for (let round = 0; round < 5; round++) {
      await passTime(world, minuteMs)
      await sweepAndDrain()
    }
    expect(await statesOf(accountId)).toEqual(['succeeded'])
    expect(await toppedUp(accountId)).toEqual([1000])
    expect(await chargesOf(card)).toBe(1)
    expect(await topUpNotices(accountId)).toEqual(['top_up_succeeded'])
  })

  test('a failure that Stripe repeats for a day under its key is given up after an hour, and a new attempt is made', async () => {
    const { accountId, card } = await start({ minimum: '20.00' })
    await world.control('POST', '/faults', { kind: 'http_500', count: 2, match: post })
    await drainJobs(world)
    for (let round = 0; round < 5; round++) {
      expect(await statesOf(accountId)).toEqual(['unknown'])
      await passTime(world, 10 * minuteMs)
      await sweepAndDrain()
    }
    await passTime(world, 15 * minuteMs)
    await sweepAndDrain()
    expect(await statesOf(accountId)).toEqual(['canceled', 'succeeded'])
    expect(await chargesOf(card)).toBe(1)
    expect(await topUpNotices(accountId)).toEqual(['top_up_succeeded'])
  })

  test('an answer that never comes is asked for again', async () => {
    const { accountId, card } = await start({ minimum: '20.00' })
    await world.control('POST', '/faults', { kind: 'hang', count: 1, match: post })
    await drainJobs(world)
    await passTime(world, minuteMs)
    await sweepAndDrain()
    expect(await toppedUp(accountId)).toEqual([1000])
    expect(await chargesOf(card)).toBe(1)
  }, 60_000)

  test('down for two days: nothing is sent under a forgotten key, and a new attempt is made', async () => {
    const { accountId, card } = await start({ minimum: '20.00' })
    await world.fail('down')
    await drainJobs(world)
    await passTime(world, 2 * dayMs)
    await sweepAndDrain()
    expect(await statesOf(accountId)).toEqual(['unknown'])
    await world.heal()
    await passTime(world, hourMs)
    await sweepAndDrain()
    expect(await statesOf(accountId)).toEqual(['canceled', 'succeeded'])
    expect(await chargesOf(card)).toBe(1)
  })

  test('charged, and Stripe was away for two days: found by its metadata', async () => {
    const { accountId, card } = await start({ minimum: '20.00' })
    await world.control('POST', '/faults', { kind: 'reset_after', count: null, match: post })
    await drainJobs(world)
    await world.fail('down')
    await passTime(world, 2 * dayMs)
    await sweepAndDrain()
    await world.heal()
    await passTime(world, hourMs)
    await sweepAndDrain()
    expect(await statesOf(accountId)).toEqual(['succeeded'])
    expect(await chargesOf(card)).toBe(1)
  })

  test('switched off while nobody knows: what was charged is credited, and nothing more is sent', async () => {
    const { accountId, actor, card } = await start({ minimum: '20.00' })
    await world.control('POST', '/faults', { kind: 'reset_after', count: 4, match: post })
    await drainJobs(world)
    await saveAutoTopUp(actor, { accountId, ...aPlan({ isOn: false }) })
    await world.heal()
    await drainJobs(world)
    expect(await toppedUp(accountId)).toEqual([1000])
    expect(await chargesOf(card)).toBe(1)
    expect(await getAutoTopUp(worker, { accountId })).toMatchObject({ state: 'off' })
  })

  test('switched off before Stripe heard of it: it never will', async () => {
    const { accountId, actor, card } = await start({ minimum: '20.00' })
    await world.fail('down')
    await drainJobs(world)
    await saveAutoTopUp(actor, { accountId, ...aPlan({ isOn: false }) })
    await world.heal()
    await passTime(world, dayMs)
    await sweepAndDrain()
    expect(await statesOf(accountId)).toEqual(['canceled'])
    expect(await chargesOf(card)).toBe(0)
  })
})

afterAll(() => moveClock(new Date()).catch(() => {}))
