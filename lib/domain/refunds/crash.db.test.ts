import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { query } from '@/lib/edges/db'
import { expectBooksToAgree } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { messagesOf, startProcess, startProcesses } from '@/lib/testing/processes'
import {
  aPurchase,
  type Bought,
  moveDispute,
  openDispute,
  refundInDashboard,
  takeBackNotices,
  takenBack,
} from '@/lib/testing/take-backs'
import { drainJobs, passTime } from '@/lib/testing/top-ups'
import { requestRefund, sweepRefunds, syncRefunds } from '.'

let world: MoneyIn
const worker = system('test')
const longMs = 180_000

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
})
afterAll(() => world.close())

/** Runs a verb in a process that dies at a point, and checks that it did. */
async function dieAt(point: string, verb: string, input: unknown): Promise<void> {
  const args = ['lib/domain/refunds', verb, JSON.stringify(input)]
  const child = startProcess('lib/testing/run-verb.ts', args, { ...world.env, CRASH_AT: point })
  const { code, stderr } = await child.exit
  expect({ code, stderr }, `dies at ${point}`).toEqual({ code: null, stderr: '' })
  expect(child.messages).toEqual([])
}

const refundsAtStripe = async ({ paymentIntentId }: Bought): Promise<number> => {
  const answer = await fetch(`${world.sandboxUrl}/v1/refunds?limit=100&payment_intent=${paymentIntentId}`, {
    headers: { authorization: 'Bearer sk_test_moneyin' },
  })
  return ((await answer.json()) as { data: unknown[] }).data.length
}

/** What the worker does in the minutes after: jobs, and the sweep once the next try is due. */
async function carryOn(): Promise<void> {
  await drainJobs(world)
  await passTime(world, 30_000)
  await sweepRefunds(worker)
}

test.each([
  'refund:after-commit',
  'refund:after-claim',
  'refund:before-send',
  'refund:after-send',
  'refund:after-read',
  'refund:before-record',
  'refund:after-record',
])(
  'a refund survives kill -9 at %s: it is made once, and its credit taken once',
  async (point) => {
    const bought = await aPurchase(world)
    await dieAt(point, 'requestRefund', { ...bought, amount: '4.00' })
    expect((await takenBack(bought.accountId)).balance).toBe('7')
    await carryOn()
    expect(await takenBack(bought.accountId)).toEqual({
      balance: '7',
      refunds: ['customer succeeded 4 4 0'],
      disputes: [],
    })
    expect(await refundsAtStripe(bought)).toBe(1)
    expect(await takeBackNotices(bought.accountId)).toEqual(['refund_made'])
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'a refund that died before it was written down was never asked for',
  async () => {
    const bought = await aPurchase(world)
    await dieAt('refund:before-commit', 'requestRefund', bought)
    expect(await takenBack(bought.accountId)).toEqual({ balance: '11', refunds: [], disputes: [] })
    await carryOn()
    expect(await refundsAtStripe(bought)).toBe(0)
    await expectBooksToAgree()
  },
  longMs,
)

test.each(['refund:before-fail', 'refund:after-fail'])(
  'a refused refund survives kill -9 at %s: its credit comes back once',
  async (point) => {
    const bought = await aPurchase(world)
    const { id } = await openDispute(world, bought.paymentIntentId)
    await dieAt(point, 'requestRefund', { ...bought, amount: '4.00' })
    await carryOn()
    expect((await takenBack(bought.accountId)).refunds).toEqual(['customer failed 4 0 0'])
    await moveDispute(world, id, 'won')
    await syncRefunds(worker, bought)
    expect(await takenBack(bought.accountId)).toMatchObject({ balance: '11', disputes: ['won 0 0 0'] })
    expect(await refundsAtStripe(bought)).toBe(0)
    await expectBooksToAgree()
  },
  longMs,
)

test.each(['refund:after-read', 'refund:before-record', 'dispute:before-commit', 'dispute:after-commit'])(
  'news of a refund and a dispute survives kill -9 at %s',
  async (point) => {
    const bought = await aPurchase(world)
    await refundInDashboard(world, bought.paymentIntentId, 400)
    await openDispute(world, bought.paymentIntentId)
    await dieAt(point, 'syncRefunds', bought)
    await syncRefunds(worker, bought)
    expect(await takenBack(bought.accountId)).toEqual({
      balance: '1',
      refunds: ['stripe succeeded 4 4 0'],
      disputes: ['needs_response 6 0 0'],
    })
    expect(await takeBackNotices(bought.accountId)).toEqual(['refund_made', 'dispute_opened'])
    await expectBooksToAgree()
  },
  longMs,
)

const processes = 8
const runInEight = (verb: string, input: unknown) =>
  startProcesses(processes, 'lib/testing/run-verb.ts', ['lib/domain/refunds', verb, JSON.stringify(input)], world.env)

test(
  'eight processes that send the same refund make one',
  async () => {
    const bought = await aPurchase(world)
    await world.fail('reset_before', { method: 'POST', path_prefix: '/v1/refunds' })
    const { refundId } = await requestRefund(worker, bought)
    await world.heal()
    await passTime(world, 30_000)
    await messagesOf(runInEight('runRefund', { accountId: bought.accountId, refundId }))
    await carryOn()
    expect(await refundsAtStripe(bought)).toBe(1)
    expect(await takenBack(bought.accountId)).toMatchObject({ balance: '1', refunds: ['customer succeeded 10 10 0'] })
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'eight processes that ask for the same refund get one',
  async () => {
    const bought = await aPurchase(world)
    const asked = await Promise.all(runInEight('requestRefund', bought).map(({ exit }) => exit))
    expect(asked.filter(({ code }) => code === 0)).toHaveLength(1)
    await carryOn()
    expect(await refundsAtStripe(bought)).toBe(1)
    expect(await takenBack(bought.accountId)).toMatchObject({ balance: '1', refunds: ['customer succeeded 10 10 0'] })
    await expectBooksToAgree()
  },
  longMs,
)

test(
  'eight processes that hear of a refund and a dispute take their credit once',
  async () => {
    const bought = await aPurchase(world)
    await refundInDashboard(world, bought.paymentIntentId, 400)
    await openDispute(world, bought.paymentIntentId, { amount: 300 })
    await messagesOf(runInEight('syncRefunds', bought))
    expect(await takenBack(bought.accountId)).toEqual({
      balance: '4',
      refunds: ['stripe succeeded 4 4 0'],
      disputes: ['needs_response 3 0 0'],
    })
    const transfers = await query('select 1 from transfers where account_id = $1 and kind = any($2)', [
      bought.accountId,
      ['refund', 'dispute_frozen'],
    ])
    expect(transfers).toHaveLength(2)
    await expectBooksToAgree()
  },
  longMs,
)
