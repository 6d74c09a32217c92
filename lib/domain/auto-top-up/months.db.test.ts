import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { hourMs, minuteMs, monthEnd, monthKeyAt } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import { aCustomerWithCard, aPlan, drainJobs, passTime, toppedUp, topUpNotices, use } from '@/lib/testing/top-ups'
import { getAutoTopUp, runAutoTopUp, saveAutoTopUp, sweepAutoTopUps } from '.'

let world: MoneyIn
const worker = system('test')

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
}, 120_000)
afterAll(async () => {
  await moveClock(new Date()).catch(() => {})
  await world.close()
})
beforeEach(async () => void (await world.control('POST', '/deliveries', { mode: 'drop' })))

const sweepAndDrain = async () => {
  await sweepAutoTopUps(worker)
  await drainJobs(world)
}
const mailsOf = (accountId: string) =>
  query<{ kind: string }>('select kind from notifications where account_id = $1 order by created_at, notification_id', [
    accountId,
  ])

test('a month with a dead card and steady usage: four charges, and as few mails', async () => {
  const { accountId, actor, card } = await aCustomerWithCard(world)
  await saveAutoTopUp(actor, { accountId, ...aPlan() })
  await world.control('POST', `/payment_methods/${card}`, { decline_code: 'insufficient_funds' })
  for (let quarter = 0; quarter < 30 * 4; quarter++) {
    await use(accountId, 0.25)
    await passTime(world, 6 * hourMs)
    await sweepAndDrain()
  }
  const { attempts, state } = await getAutoTopUp(worker, { accountId })
  expect([attempts.length, state]).toEqual([4, 'paused'])
  expect(new Set(attempts.map((attempt) => attempt.state))).toEqual(new Set(['declined']))
  expect(await topUpNotices(accountId)).toEqual(['top_up_declined', 'top_up_paused declines'])
  // The purchase by hand, and the two above.
  expect((await mailsOf(accountId)).map(({ kind }) => kind)).toEqual([
    'purchase_paid',
    'top_up_declined',
    'top_up_paused',
  ])
  await expectMoneyToAgree(world)
}, 240_000)

test('the monthly limit is exact at the edge of the month: the old one counts to its last moment, the new one from its first', async () => {
  const { accountId, actor } = await aCustomerWithCard(world)
  await saveAutoTopUp(actor, { accountId, ...aPlan({ minimum: '0.00', amount: '20.00', monthlyLimit: '50.00' }) })
  const edge = monthEnd(monthKeyAt(await now(), 'UTC'), 'UTC')
  const goTo = async (instant: number) => passTime(world, instant - (await now()).getTime())
  await goTo(edge.getTime() - 20 * minuteMs)
  for (let round = 0; round < 4; round++) {
    await use(accountId, 21)
    await Promise.all(Array.from({ length: 16 }, () => runAutoTopUp(worker, { accountId })))
    await passTime(world, 2 * minuteMs)
  }
  expect(await toppedUp(accountId)).toEqual([2000, 2000, 1000])

  await goTo(edge.getTime() - 10_000)
  expect(await runAutoTopUp(worker, { accountId })).toEqual({ kind: 'skipped', because: 'over_monthly_limit' })
  await goTo(edge.getTime())
  await Promise.all(Array.from({ length: 64 }, () => runAutoTopUp(worker, { accountId })))
  for (let round = 0; round < 4; round++) {
    await use(accountId, 50)
    await passTime(world, 25 * hourMs)
    await sweepAndDrain()
  }
  const months = await query<{ month: string; cents: number }>(
    `select month, (sum(amount) / 10000000)::int as cents from auto_top_up_attempts
      where account_id = $1 and state = 'succeeded' group by month order by month`,
    [accountId],
  )
  expect(months.map(({ cents }) => cents)).toEqual([5000, 5000])
  expect(await topUpNotices(accountId)).toEqual(
    expect.arrayContaining(['top_up_limit_near', 'top_up_paused monthly_limit']),
  )
  expect((await topUpNotices(accountId)).filter((notice) => notice === 'top_up_paused monthly_limit')).toHaveLength(2)
  await expectMoneyToAgree(world)
}, 120_000)
