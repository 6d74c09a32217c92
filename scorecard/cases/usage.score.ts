import pg from 'pg'
import { expect } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { parseMoney } from '@/lib/core/money'
import { authorize, expireHolds, recordUsage, release, settle } from '@/lib/domain/gate'
import { query } from '@/lib/edges/db'
import { publishTestPrices } from '@/lib/testing/builders'
import type { MoneyIn } from '@/lib/testing/money-in'
import { buyByHand, passTime } from '@/lib/testing/top-ups'
import { aCustomer, balanceOf, worker } from '../customers'
import { scoreCase } from '../score-case'

/** A quarter of a million output tokens of kimi-k2p7-code cost exactly a dollar. */
const forADollar = { model: 'kimi-k2p7-code', inputTokens: 0n, cachedInputTokens: 0n, outputTokens: 250_000n }
const nanosPerDollar = 1_000_000_000n

const dollars = (amount: number) => ({ ...forADollar, outputTokens: BigInt(amount) * 250_000n })

const hold = (accountId: string, amount: string, idempotencyKey = newId(), holdSeconds = 600) =>
  authorize(worker, {
    accountId,
    idempotencyKey,
    size: { maxCost: parseMoney(amount), model: forADollar.model },
    holdSeconds,
  })

/** A customer with the signup credit and what they bought at Stripe. */
async function aBuyer(world: MoneyIn, amount: string) {
  await publishTestPrices()
  const customer = await aCustomer()
  await buyByHand(world, customer, { amount, saveCard: false })
  return customer
}

/** Calls `work` `times` times, `atOnce` of them at a time; answers what each came to. */
async function inCrowd<T>(times: number, atOnce: number, work: (n: number) => Promise<T>) {
  const results: PromiseSettledResult<T>[] = []
  let next = 0
  const lines = Array.from({ length: atOnce }, async () => {
    for (let n = next++; n < times; n = next++) results.push(...(await Promise.allSettled([work(n)])))
  })
  await Promise.all(lines)
  return results
}

const codeOf = (result: PromiseSettledResult<unknown>): string =>
  result.status === 'fulfilled' ? 'ok' : result.reason instanceof Refusal ? result.reason.code : String(result.reason)

scoreCase(
  'R41',
  '64 at once on one account with $100 left, a dollar each: exactly 100 pass',
  async ({ world, random }) => {
    const { accountId } = await aBuyer(world, '99.00')
    const results = await inCrowd(random.int(180, 260), 64, async () => {
      const { hold: placed } = await hold(accountId, '1.00')
      await settle(worker, { accountId, holdId: placed.holdId, settlement: forADollar })
    })
    const codes = results.map(codeOf)
    expect(codes.filter((code) => code === 'ok').length).toBe(100)
    const refusals = ['credits_exhausted', 'credits_held', 'payment_method_required']
    expect(codes.filter((code) => code !== 'ok' && !refusals.includes(code))).toEqual([])
    expect(await balanceOf(accountId)).toBe(0n)
  },
)

scoreCase(
  'R43',
  'the same usage 50 times at once is one debit; another body is a conflict',
  async ({ world, random }) => {
    const { accountId } = await aBuyer(world, '50.00')
    const cost = random.int(1, 20)
    const report = (amount: number) =>
      recordUsage(worker, {
        accountId,
        events: [{ eventId: 'evt-once', occurredAt: null, ...dollars(amount) }],
        beyondCredit: 'refuse',
      })
    const answers = await Promise.all(Array.from({ length: 50 }, () => report(cost)))
    const statuses = answers.flat().map(({ status }) => status)
    expect(statuses.filter((status) => status === 'accepted').length).toBe(1)
    expect(statuses.filter((status) => status === 'duplicate').length).toBe(49)
    expect(await report(cost + 1)).toMatchObject([{ status: 'refused', code: 'idempotency_conflict' }])
    expect(await balanceOf(accountId)).toBe((51n - BigInt(cost)) * nanosPerDollar)

    const holds = await Promise.all(Array.from({ length: 50 }, () => hold(accountId, '2.00', 'key-once')))
    expect(new Set(holds.map(({ hold: placed }) => placed.holdId)).size).toBe(1)
    await expect(hold(accountId, '3.00', 'key-once')).rejects.toMatchObject({ code: 'idempotency_conflict' })
  },
)

scoreCase(
  'R44',
  'of 1,000 events three are malformed: they are refused by index, the rest are taken',
  async ({ world, random }) => {
    const { accountId } = await aBuyer(world, '50.00')
    const broken = random.shuffle(Array.from({ length: 1000 }, (_, n) => n)).slice(0, 3)
    const wrong = [
      { model: 'no-such-model' },
      { cachedInputTokens: 5n },
      { occurredAt: new Date('2999-01-01T00:00:00Z') },
    ]
    const events = Array.from({ length: 1000 }, (_, n) => ({
      eventId: `evt-${n}`,
      occurredAt: null as Date | null,
      ...forADollar,
      outputTokens: 250n,
      ...(broken.includes(n) ? wrong[broken.indexOf(n)] : {}),
    }))
    const outcomes = await recordUsage(worker, { accountId, events, beyondCredit: 'refuse' })
    const refused = outcomes.flatMap(({ status }, index) => (status === 'refused' ? [index] : []))
    expect(refused).toEqual([...broken].sort((a, b) => a - b))
    expect(await balanceOf(accountId)).toBe(51n * nanosPerDollar - 997n * (nanosPerDollar / 1000n))
  },
)

scoreCase(
  'R45',
  'a hold settled above, settled twice, released after, or expired as it settles',
  async ({ world, random }) => {
    const { accountId } = await aBuyer(world, '99.00')
    const over = await hold(accountId, '10.00')
    const settleFor = (holdId: string, amount: number) =>
      settle(worker, { accountId, holdId, settlement: dollars(amount) })
    await settleFor(over.hold.holdId, 12)
    expect(await balanceOf(accountId)).toBe(88n * nanosPerDollar)
    expect(await settleFor(over.hold.holdId, 12)).toMatchObject({ isNew: false })
    await expect(settleFor(over.hold.holdId, 13)).rejects.toMatchObject({ code: 'idempotency_conflict' })
    await expect(release(worker, { accountId, holdId: over.hold.holdId })).rejects.toBeInstanceOf(Refusal)
    expect(await balanceOf(accountId)).toBe(88n * nanosPerDollar)

    const late = await hold(accountId, '5.00', newId(), random.int(1, 5))
    await passTime(world, 10_000)
    const race = random.shuffle([
      () => settleFor(late.hold.holdId, 5),
      () => expireHolds(worker),
      () => settleFor(late.hold.holdId, 5),
      () => expireHolds(worker),
    ])
    await Promise.all(race.map((step) => step()))
    expect(await balanceOf(accountId)).toBe(83n * nanosPerDollar)
  },
)

scoreCase(
  'R48',
  'the ledger cannot be changed, deleted or emptied by the programs, nor by its owner',
  async ({ world }) => {
    const { accountId } = await aBuyer(world, '10.00')
    await recordUsage(worker, {
      accountId,
      events: [{ eventId: 'evt', occurredAt: null, ...forADollar }],
      beyondCredit: 'refuse',
    })
    const attacks = ['transfers', 'grant_draws', 'usage_events'].flatMap((table) => [
      `update ${table} set amount = amount + 1`,
      `delete from ${table}`,
      `truncate ${table} cascade`,
    ])
    const owner = new pg.Client({ connectionString: world.databaseUrl })
    await owner.connect()
    for (const attack of attacks) {
      await expect(query(attack), attack).rejects.toThrow(/permission denied|append-only/)
      await expect(owner.query(attack), `${attack}, as the owner`).rejects.toThrow('append-only')
    }
    await owner.end()
  },
)
