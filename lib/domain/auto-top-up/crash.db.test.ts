import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { hourMs, minuteMs } from '@/lib/core/time'
import { pool, query } from '@/lib/edges/db'
import { publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import { messagesOf, startProcess, startProcesses } from '@/lib/testing/processes'
import { aCustomerWithCard, aPlan, drainJobs, passTime, toppedUp, topUpNotices } from '@/lib/testing/top-ups'
import { getAutoTopUp, isTopUpInProgress, runAutoTopUp, saveAutoTopUp, sweepAutoTopUps } from '.'

const runner = 'lib/testing/workers/top-up-runner.ts'
const worker = system('test')
let world: MoneyIn

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
}, 120_000)
afterAll(() => world.close())
beforeEach(async () => void (await world.control('POST', '/deliveries', { mode: 'drop' })))

const aLowCustomer = async () => {
  const customer = await aCustomerWithCard(world)
  await saveAutoTopUp(customer.actor, { accountId: customer.accountId, ...aPlan({ minimum: '20.00' }) })
  return customer
}
const dieAt = async (point: string, accountId: string) => {
  const { code } = await startProcess(runner, [], { ...world.env, ACCOUNT_ID: accountId, CRASH_AT: point }).exit
  expect(code).toBeNull()
}
const carryOn = async () => {
  await passTime(world, minuteMs)
  await sweepAutoTopUps(worker)
  await drainJobs(world)
}

test.each([
  'top-up:after-claim',
  'top-up:before-charge',
  'top-up:after-charge',
  'settle:before-commit',
  'top-up:before-notice',
  'top-up:after-record',
])(
  'killed at %s: one charge, one credit',
  async (point) => {
    const { accountId } = await aLowCustomer()
    await dieAt(point, accountId)
    expect(await isTopUpInProgress(pool(), accountId)).toBe(point !== 'top-up:after-record')
    await carryOn()
    expect(await toppedUp(accountId)).toEqual([1000])
    expect(await topUpNotices(accountId)).toEqual(['top_up_succeeded'])
    await expectMoneyToAgree(world)
  },
  60_000,
)

test('killed at every point on the way, run after run', async () => {
  const { accountId } = await aLowCustomer()
  for (const point of ['top-up:before-charge', 'top-up:after-charge', 'settle:before-commit']) {
    await dieAt(point, accountId)
    await passTime(world, minuteMs)
  }
  await carryOn()
  expect(await toppedUp(accountId)).toEqual([1000])
  await expectMoneyToAgree(world)
}, 90_000)

test.each(['top-up:after-charge', 'top-up:before-notice', 'top-up:after-record'])(
  'killed at %s with a card that is declined: one decline is counted, and told once',
  async (point) => {
    const { accountId, card } = await aLowCustomer()
    await world.control('POST', `/payment_methods/${card}`, { decline_code: 'insufficient_funds' })
    await dieAt(point, accountId)
    await carryOn()
    await carryOn()
    const { attempts, state } = await getAutoTopUp(worker, { accountId })
    expect([attempts.map((attempt) => attempt.state), state]).toEqual([['declined'], 'cooling'])
    expect(await query('select 1 from card_declines where attempt_id = $1', [attempts[0]!.attemptId])).toHaveLength(1)
    expect(await topUpNotices(accountId)).toEqual(['top_up_declined'])
    await expectMoneyToAgree(world)
  },
  60_000,
)

test('killed while it gives an order up: nothing was charged for it, and the next one is charged once', async () => {
  const { accountId } = await aLowCustomer()
  await world.fail('down')
  await runAutoTopUp(worker, { accountId })
  await passTime(world, 2 * hourMs)
  await world.heal()
  await dieAt('top-up:after-give-up', accountId)
  await carryOn()
  await carryOn()
  const { attempts } = await getAutoTopUp(worker, { accountId })
  expect(attempts.map(({ state }) => state)).toEqual(['succeeded', 'canceled'])
  expect(await toppedUp(accountId)).toEqual([1000])
  await expectMoneyToAgree(world)
}, 60_000)

test.each([
  'top-up:recovery-after-cancel',
  'top-up:before-recovery-page',
  'top-up:after-recovery-page',
  'top-up:recovery-before-commit',
])(
  'killed at %s: one link, and only one payment',
  async (point) => {
    const { accountId, card } = await aLowCustomer()
    await world.control('POST', `/payment_methods/${card}`, { authentication_required: true })
    await dieAt(point, accountId)
    await carryOn()
    const { attempts } = await getAutoTopUp(worker, { accountId })
    expect(await topUpNotices(accountId)).toEqual(['top_up_needs_you'])
    await world.pay(attempts[0]!.recoveryUrl!)
    await runAutoTopUp(worker, { accountId })
    expect(await toppedUp(accountId)).toEqual([1000])
    await expectMoneyToAgree(world)
  },
  60_000,
)

test('four processes at once: one charge', async () => {
  const { accountId } = await aLowCustomer()
  const runs = await messagesOf(startProcesses(4, runner, [], { ...world.env, ACCOUNT_ID: accountId }))
  expect(runs.filter((run) => (run as { kind: string }).kind === 'ran')).toHaveLength(1)
  expect(await toppedUp(accountId)).toEqual([1000])
  await expectMoneyToAgree(world)
}, 90_000)
