import { expect } from 'vitest'
import { dayMs, hourMs, minuteMs, monthEnd, monthKeyAt, monthStart } from '@/lib/core/time'
import { getAutoTopUp, runAutoTopUp, saveAutoTopUp, sweepAutoTopUps } from '@/lib/domain/auto-top-up'
import { listPaymentMethods, removePaymentMethod } from '@/lib/domain/payment-methods'
import { now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { publishTestPrices } from '@/lib/testing/builders'
import type { MoneyIn } from '@/lib/testing/money-in'
import {
  aCustomerWithCard,
  aPlan,
  drainJobs,
  insideAMonth,
  type Plan,
  passTime,
  type TopUpCustomer,
  toppedUp,
  topUpNotices,
  use,
} from '@/lib/testing/top-ups'
import { balanceOf, losesEvents, worker } from '../customers'
import type { Random } from '../random'
import { scoreCase } from '../score-case'

const nanosPerDollar = 1e9
const charge = { method: 'POST', path_prefix: '/v1/payment_intents' }

/** A customer with $11.00, a card of their own and auto top-up. Whether events arrive is up to the seed. */
async function aTopUpCustomer(world: MoneyIn, random: Random, plan: Partial<Plan> = {}): Promise<TopUpCustomer> {
  await publishTestPrices()
  await insideAMonth(world)
  if (random.chance(0.5)) await losesEvents(world)
  const customer = await aCustomerWithCard(world)
  await saveAutoTopUp(customer.actor, { accountId: customer.accountId, ...aPlan(plan) })
  return customer
}

const cardSays = (world: MoneyIn, card: string, how: object) => world.control('POST', `/payment_methods/${card}`, how)

/** What the worker does once a minute, and what follows from it. */
async function work(world: MoneyIn): Promise<void> {
  await world.drainEvents()
  await sweepAutoTopUps(worker)
  await drainJobs(world)
}

/** Lets the worker work on while minutes pass, until `isOver`. */
async function workFor(world: MoneyIn, minutes: number, isOver: () => Promise<boolean>): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 2) {
    await work(world)
    if (await isOver()) return
    await passTime(world, 2 * minuteMs)
  }
}

interface AtStripe {
  id: string
  amount: number
  status: string
  metadata: { attempt_id?: string; account_id?: string }
}

/** What Stripe knows of automatic payments, tried or not: all of them are of the one account of a world. */
async function paymentsAtStripe(world: MoneyIn): Promise<AtStripe[]> {
  const answer = await fetch(`${world.sandboxUrl}/v1/payment_intents?limit=100`, {
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })
  const { data } = (await answer.json()) as { data: AtStripe[] }
  return data.filter(({ metadata }) => metadata.attempt_id)
}

/** What automatic charges took at Stripe, in cents, oldest first. */
const chargedAtStripe = async (world: MoneyIn): Promise<number[]> =>
  (await paymentsAtStripe(world))
    .filter(({ status }) => status === 'succeeded')
    .map(({ amount }) => amount)
    .reverse()

const attemptsOf = (accountId: string) =>
  query<{ state: string; month: string; created_at: Date }>(
    'select state, month, created_at from auto_top_up_attempts where account_id = $1 order by created_at',
    [accountId],
  )

/** Mails about auto top-up that lie in the mailbox, however often they were sent. */
async function topUpMails(): Promise<number> {
  const [row] = await query<{ count: bigint }>(
    `select count(*) as count from mailbox_messages where subject ~* 'auto top-up'`,
  )
  return Number(row!.count)
}

const useAllBut = async (accountId: string, dollars: number): Promise<void> => {
  const left = Number(await balanceOf(accountId)) / nanosPerDollar - dollars
  if (left > 0) await use(accountId, left)
}

scoreCase('R27', '64 charges at once that cross the minimum: one automatic charge', async ({ world, random }) => {
  const { accountId } = await aTopUpCustomer(world, random, { mode: random.pick(['amount', 'target']) })
  const each = random.int(10, 16) / 100
  const burst = Promise.all(Array.from({ length: 64 }, () => use(accountId, each)))
  const workers = Array.from({ length: random.int(1, 4) }, () => drainJobs(world))
  const runs = Array.from({ length: random.int(0, 16) }, () => runAutoTopUp(worker, { accountId }))
  await Promise.all([burst, ...workers, ...runs])
  await work(world)
  expect(await toppedUp(accountId)).toHaveLength(1)
  expect(await chargedAtStripe(world)).toEqual(await toppedUp(accountId))
  expect(await topUpNotices(accountId)).toEqual(['top_up_succeeded'])
})

const softDeclines = ['insufficient_funds', 'do_not_honor', 'generic_decline', 'try_again_later', 'processing_error']
const hardDeclines = [
  'lost_card',
  'stolen_card',
  'pickup_card',
  'fraudulent',
  'restricted_card',
  'expired_card',
  'invalid_account',
  'revocation_of_authorization',
  'stop_payment_order',
]

scoreCase(
  'R29',
  'a card without money for a week of usage: four attempts, a pause, two mails',
  async ({ world, random }) => {
    const { accountId, card } = await aTopUpCustomer(world, random)
    await cardSays(world, card, { decline_code: random.pick(softDeclines) })
    await use(accountId, 8)
    const stepHours = random.pick([1, 2, 3])
    for (let hour = 0; hour < 7 * 24; hour += stepHours) {
      await work(world)
      await use(accountId, random.int(1, 10) / 1000)
      await passTime(world, stepHours * hourMs)
    }
    expect((await attemptsOf(accountId)).map(({ state }) => state)).toEqual(Array(4).fill('declined'))
    expect(await paymentsAtStripe(world)).toHaveLength(4)
    expect(await topUpNotices(accountId)).toEqual(['top_up_declined', 'top_up_paused declines'])
    expect(await getAutoTopUp(worker, { accountId })).toMatchObject({ state: 'paused' })
  },
  { isFast: false },
)

scoreCase('R30', 'a card that must not be tried again: one attempt, a pause', async ({ world, random }) => {
  const { accountId, card } = await aTopUpCustomer(world, random)
  await cardSays(world, card, { decline_code: random.pick(hardDeclines) })
  await use(accountId, 8)
  for (let day = 0; day < random.int(2, 4); day++) {
    await work(world)
    await use(accountId, 0.5)
    await passTime(world, dayMs)
  }
  expect(await paymentsAtStripe(world)).toHaveLength(1)
  expect(await topUpNotices(accountId)).toEqual(['top_up_paused hard_decline'])
  expect(await toppedUp(accountId)).toEqual([])
})

scoreCase('R32', 'the charge succeeds and its answer is lost: one charge, credited', async ({ world, random }) => {
  const { accountId } = await aTopUpCustomer(world, random, { minimum: '20.00' })
  await world.control('POST', '/faults', {
    kind: random.pick(['reset_after', 'truncated_200']),
    match: charge,
    count: random.int(1, 6),
  })
  await workFor(world, 40, async () => (await toppedUp(accountId)).length > 0)
  expect(await toppedUp(accountId)).toEqual([1000])
  expect(await chargedAtStripe(world)).toEqual([1000])
  expect(await paymentsAtStripe(world)).toHaveLength(1)
  expect((await attemptsOf(accountId)).map(({ state }) => state)).toEqual(['succeeded'])
  expect(await topUpNotices(accountId)).toEqual(['top_up_succeeded'])
})

scoreCase(
  'R34',
  'Stripe limits, breaks, hangs and talks HTML: no decline, one charge at the end',
  async ({ world, random }) => {
    const { accountId } = await aTopUpCustomer(world, random, { minimum: '20.00' })
    const faults = random.shuffle([
      { kind: 'http_429', count: 20 },
      { kind: 'http_500', count: 5, after_effect: random.chance(0.5) },
      { kind: 'http_409', count: random.int(1, 4) },
      { kind: 'html_502', count: random.int(1, 4) },
      { kind: 'hang', count: 1, after_effect: random.chance(0.5) },
    ])
    for (const fault of faults) await world.control('POST', '/faults', { ...fault, match: charge })
    let isHealed = false
    await workFor(world, 6 * 60, async () => {
      const attempts = await attemptsOf(accountId)
      expect(attempts.filter(({ state }) => state === 'declined')).toEqual([])
      if (!isHealed && random.chance(0.03)) {
        isHealed = true
        await world.heal()
      }
      return (await toppedUp(accountId)).length > 0
    })
    expect(await toppedUp(accountId)).toEqual([1000])
    expect(await chargedAtStripe(world)).toEqual([1000])
    expect(await topUpNotices(accountId)).toEqual(['top_up_succeeded'])
  },
  { isFast: false },
)

scoreCase(
  'R35',
  'a monthly limit of $50 with top-ups of $20, 64 triggers at once, over the end of the month',
  async ({ world, random }) => {
    const { accountId } = await aTopUpCustomer(world, random, { amount: '20.00', monthlyLimit: '50.00' })
    const zone = random.pick(['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Kiritimati'])
    await query('update accounts set time_zone = $2 where account_id = $1', [accountId, zone])
    const at = await now()
    const month = monthKeyAt(at, zone)
    const end = monthEnd(month, zone)
    // As if the account had had the zone when its month began.
    await query(
      'update budget_periods set time_zone = $2, period = $3, starts_at = $4, ends_at = $5 where account_id = $1',
      [accountId, zone, month, monthStart(month, zone), end],
    )
    const beforeEnd = random.int(2, 5) * hourMs
    await passTime(world, end.getTime() - at.getTime() - beforeEnd)

    const spendAndTrigger = async () => {
      await useAllBut(accountId, 1)
      await Promise.all(Array.from({ length: 64 }, () => runAutoTopUp(worker, { accountId })))
      await work(world)
      await passTime(world, random.int(2, 10) * minuteMs)
    }
    for (let round = 0; round < 5; round++) await spendAndTrigger()
    expect(await toppedUp(accountId)).toEqual([2000, 2000, 1000])
    await passTime(world, beforeEnd + dayMs)
    for (let round = 0; round < 5; round++) await spendAndTrigger()
    expect(await toppedUp(accountId)).toEqual([2000, 2000, 1000, 2000, 2000, 1000])
    expect(await chargedAtStripe(world)).toEqual(await toppedUp(accountId))
    expect(new Set((await attemptsOf(accountId)).map(({ month }) => month)).size).toBe(2)
  },
  { isFast: false },
)

const changes = ['minimum', 'amount', 'limit', 'off', 'card'] as const

scoreCase(
  'R37',
  'the plan is changed while a charge is in flight: it settles once, and nothing new by the old plan',
  async ({ world, random }) => {
    const { accountId, actor } = await aTopUpCustomer(world, random, { minimum: '20.00' })
    const isCharged = random.chance(0.6)
    // Looking it up fails as well, for as long as the plan is being changed: however many runs there are, nobody learns of it.
    await world.fail(isCharged ? 'reset_after' : 'reset_before', charge)
    await world.fail('down', { method: 'GET', path_prefix: '/v1/payment_intents' })
    await drainJobs(world)
    expect((await attemptsOf(accountId)).map(({ state }) => state)).toEqual(['unknown'])

    const change = random.pick(changes)
    if (change === 'card') {
      for (const { paymentMethodId } of await listPaymentMethods(actor, { accountId })) {
        await removePaymentMethod(actor, { accountId, paymentMethodId })
      }
    } else {
      const plan = {
        minimum: aPlan({ minimum: '2.00' }),
        amount: aPlan({ minimum: '20.00', amount: '7.00' }),
        limit: aPlan({ minimum: '20.00', monthlyLimit: '10.00' }),
        off: aPlan({ isOn: false }),
      }[change]
      await saveAutoTopUp(actor, { accountId, ...plan })
    }
    await world.heal()
    for (let minute = 0; minute < 90; minute += 10) {
      await work(world)
      await passTime(world, 10 * minuteMs)
    }
    const first = isCharged || change === 'minimum' || change === 'amount' || change === 'limit' ? [1000] : []
    expect(await toppedUp(accountId), change).toEqual(first)
    await useAllBut(accountId, 1)
    await work(world)
    const later = { minimum: [1000], amount: [2100], limit: [], off: [], card: [] }[change]
    expect(await toppedUp(accountId), `${change}, later`).toEqual([...first, ...later])
    expect(await chargedAtStripe(world)).toEqual(await toppedUp(accountId))
  },
)

scoreCase(
  'R38',
  'the card, or the customer, is gone at Stripe alone: a pause with its reason, one mail',
  async ({ world, random }) => {
    const { accountId, card } = await aTopUpCustomer(world, random)
    const [account] = await query<{ customer: string }>(
      'select stripe_customer_id as customer from accounts where account_id = $1',
      [accountId],
    )
    const isCustomerGone = random.chance(0.5)
    const answer = await fetch(
      isCustomerGone
        ? `${world.sandboxUrl}/v1/customers/${account!.customer}`
        : `${world.sandboxUrl}/v1/payment_methods/${card}/detach`,
      { method: isCustomerGone ? 'DELETE' : 'POST', headers: { authorization: 'Bearer sk_test_moneyin' } },
    )
    expect(answer.status).toBe(200)
    await use(accountId, 8)
    for (let day = 0; day < 4; day++) {
      await work(world)
      await use(accountId, 0.2)
      await passTime(world, dayMs)
    }
    const notices = await topUpNotices(accountId)
    expect(notices).toHaveLength(1)
    expect(['top_up_paused card_gone', 'top_up_paused no_payment_method']).toContain(notices[0])
    expect(await topUpMails()).toBe(1)
    expect(await toppedUp(accountId)).toEqual([])
    expect(await getAutoTopUp(worker, { accountId })).toMatchObject({ state: 'paused' })
  },
)

scoreCase('R39', '$95 short in steps of $10: one charge of $100, or of what the limit leaves', async (story) => {
  const { world, random } = story
  const isLimited = random.chance(0.5)
  const limit = random.int(20, 99)
  const { accountId } = await aTopUpCustomer(world, random, {
    minimum: '106.00',
    monthlyLimit: isLimited ? `${limit}.00` : null,
  })
  await workFor(world, 10, async () => false)
  expect(await toppedUp(accountId)).toEqual([isLimited ? limit * 100 : 10_000])
  expect(await chargedAtStripe(world)).toEqual(await toppedUp(accountId))
})

scoreCase(
  'X03',
  'a month with a dead card and steady usage: its charges and its mails are counted',
  async ({ world, random }) => {
    const { accountId, card } = await aTopUpCustomer(world, random)
    const isHard = random.chance(0.3)
    await cardSays(world, card, { decline_code: random.pick(isHard ? hardDeclines : softDeclines) })
    const stepHours = random.pick([3, 4, 6])
    for (let hour = 0; hour < 30 * 24; hour += stepHours) {
      await use(accountId, (stepHours * random.int(10, 20)) / 1000)
      await work(world)
      await passTime(world, stepHours * hourMs)
    }
    expect(await paymentsAtStripe(world)).toHaveLength(isHard ? 1 : 4)
    expect(await topUpMails()).toBe(isHard ? 1 : 2)
    const mails = await query<{ subject: string }>('select subject from mailbox_messages order by sent_at')
    expect(mails.length, mails.map(({ subject }) => subject).join('; ')).toBeLessThanOrEqual(6)
    expect(await chargedAtStripe(world)).toEqual([])
  },
  { isFast: false },
)
