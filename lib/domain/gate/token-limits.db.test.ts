/** Token limits through the gate itself: the one decision, its corrections, and limits that move with the clock. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { cents } from '@/lib/core/money'
import { dayMs, hourMs, minuteMs } from '@/lib/core/time'
import { moveClock } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { messagesOf, startProcesses } from '@/lib/testing/processes'
import { forgetLimits, getLimits, setHouseLimits, setLimits, writtenHouseLimits } from '../tiers'
import { usualHouseLimits } from '../tiers/rules'
import { authorize, expireHolds, extend, openLease, recordUsage, release, settle, settleLease } from '.'

const database = aDatabaseInTest({ mode: 'demo' })

beforeAll(async () => {
  forgetLimits()
  await publishTestPrices()
})

afterEach(() => moveClock(new Date()))

afterAll(async () => {
  await expectBooksToAgree()
})

const model = 'gpt-oss-20b'
const refusal = (code: string, limit: object = {}) =>
  expect.objectContaining({ code, facts: expect.objectContaining({ limit_reached: expect.objectContaining(limit) }) })

/** The beginning of a minute of the coming hour: nothing turns while a test runs, however slow the machine. */
const begin = new Date(Date.now() - (Date.now() % hourMs) + hourMs)
const atMinute = (minute: number) => moveClock(new Date(begin.getTime() + minute * minuteMs))

const limited = async (tokens = { prompt: 100_000, uncached: 60_000, generated: 10_000 }) => {
  const { accountId } = await anAccount({ bought: '50' })
  await setLimits(tester, { accountId, tokens })
  return accountId
}

const begun = (accountId: string, input: number, output: number, cached?: number) =>
  authorize(tester, {
    accountId,
    idempotencyKey: newId(),
    size: {
      model,
      inputTokens: BigInt(input),
      maxOutputTokens: BigInt(output),
      ...(cached === undefined ? {} : { cachedInputTokens: BigInt(cached) }),
    },
    holdSeconds: 600,
  })

const used = (input: number, output: number, cached = 0) => ({
  model: null,
  inputTokens: BigInt(input),
  cachedInputTokens: BigInt(cached),
  outputTokens: BigInt(output),
})

const ended = (accountId: string, holdId: string, ...tokens: Parameters<typeof used>) =>
  settle(tester, { accountId, holdId, settlement: used(...tokens) })

const takenOf = async (accountId: string) => {
  const [own] = (await getLimits(tester, { accountId })).models
  return own && [own.kinds.prompt.used, own.kinds.uncached.used, own.kinds.generated.used]
}

describe('a request', () => {
  test('takes its tokens of the minute before it runs, and is refused by the limit that it does not fit', async () => {
    await atMinute(0)
    const accountId = await limited()
    const { rate } = await begun(accountId, 50_000, 4000)
    expect(rate.tokens).toMatchObject({
      model,
      prompt: { limit: 100_000, remaining: 50_000 },
      uncached: { limit: 60_000, remaining: 10_000 },
      generated: { limit: 10_000, remaining: 6000 },
    })
    await expect(begun(accountId, 10_001, 1)).rejects.toEqual(
      refusal('rate_limited', { name: 'tokens_prompt_uncached', limit: 60_000, remaining: 10_000, requested: 10_001 }),
    )
    await expect(begun(accountId, 1, 6001)).rejects.toEqual(refusal('rate_limited', { name: 'tokens_generated' }))
    // What the cache has counts for the prompt alone.
    await begun(accountId, 50_000, 1, 50_000)
    await expect(begun(accountId, 1, 1, 1)).rejects.toEqual(refusal('rate_limited', { name: 'tokens_prompt' }))
    await atMinute(1)
    await begun(accountId, 60_000, 10_000)
  })

  test('that is larger than a whole limit is told the largest, and nothing of a retry', async () => {
    await atMinute(2)
    const accountId = await limited()
    const refused = await begun(accountId, 1, 10_001).catch((error) => error)
    expect(refused).toEqual(refusal('request_too_large', { name: 'tokens_generated', limit: 10_000 }))
    expect(refused.facts.retry_after_seconds).toBeUndefined()
    expect(refused.message).toContain('Send at most 10000')
    expect(await takenOf(accountId)).toBeUndefined()
  })

  test('of which only the cost is known is not held to token limits, but what it used counts', async () => {
    await atMinute(3)
    const accountId = await limited()
    const { hold } = await authorize(tester, {
      accountId,
      idempotencyKey: newId(),
      size: { maxCost: cents(100), model },
      holdSeconds: 600,
    })
    expect(await takenOf(accountId)).toBeUndefined()
    await ended(accountId, hold.holdId, 90_000, 20_000)
    expect(await takenOf(accountId)).toEqual([90_000, 90_000, 20_000])
    await expect(begun(accountId, 1, 1)).rejects.toEqual(refusal('rate_limited', { remaining: 0 }))
  })

  test('counts what it used once it has ended, in the minute in which it began', async () => {
    await atMinute(4)
    const accountId = await limited()
    const { hold } = await begun(accountId, 50_000, 10_000)
    await expect(begun(accountId, 1, 1)).rejects.toEqual(refusal('rate_limited', { name: 'tokens_generated' }))
    await ended(accountId, hold.holdId, 50_000, 400, 30_000)
    expect(await takenOf(accountId)).toEqual([50_000, 20_000, 400])
    await begun(accountId, 40_000, 9600)
  })

  test('that ends in a later minute has counted in its own: only what goes beyond counts again', async () => {
    await atMinute(5)
    const accountId = await limited()
    const [within, beyond] = [await begun(accountId, 10_000, 2000), await begun(accountId, 10_000, 2000)]
    await atMinute(6)
    await ended(accountId, within.hold.holdId, 9000, 100)
    expect(await takenOf(accountId)).toEqual([0, 0, 0])
    await ended(accountId, beyond.hold.holdId, 10_000, 2500)
    expect(await takenOf(accountId)).toEqual([0, 0, 500])
  })

  test('gives its tokens back when it is released, or expires without a report', async () => {
    await atMinute(7)
    const accountId = await limited()
    const { hold } = await begun(accountId, 60_000, 10_000)
    await release(tester, { accountId, holdId: hold.holdId })
    await release(tester, { accountId, holdId: hold.holdId })
    expect(await takenOf(accountId)).toEqual([0, 0, 0])
    const size = { model, inputTokens: 60_000n, maxOutputTokens: 10_000n }
    await authorize(tester, { accountId, idempotencyKey: newId(), size, holdSeconds: 10 })
    await moveClock(new Date(begin.getTime() + 7 * minuteMs + 40_000))
    await expireHolds(tester)
    expect(await takenOf(accountId)).toEqual([0, 0, 0])
  })

  test('asks again for what it grows by, and stays as it was when that does not fit', async () => {
    await atMinute(8)
    const accountId = await limited()
    const { hold } = await begun(accountId, 10_000, 4000)
    const grow = (maxOutputTokens: bigint) =>
      extend(tester, {
        accountId,
        holdId: hold.holdId,
        size: { inputTokens: 10_000n, maxOutputTokens },
        holdSeconds: null,
        idempotencyKey: null,
      })
    await grow(9000n)
    expect(await takenOf(accountId)).toEqual([10_000, 10_000, 9000])
    await expect(grow(10_001n)).rejects.toEqual(refusal('rate_limited', { name: 'tokens_generated', remaining: 1000 }))
    expect(await takenOf(accountId)).toEqual([10_000, 10_000, 9000])
    await ended(accountId, hold.holdId, 10_000, 9000)
    expect(await takenOf(accountId)).toEqual([10_000, 10_000, 9000])
  })

  test('is asked for twice under one key and counts once', async () => {
    await atMinute(9)
    const accountId = await limited()
    const size = { model, inputTokens: 10_000n, maxOutputTokens: 1000n }
    const same = { accountId, idempotencyKey: 'one', size, holdSeconds: 600 }
    await Promise.all(Array.from({ length: 20 }, () => authorize(tester, same)))
    expect(await takenOf(accountId)).toEqual([10_000, 10_000, 1000])
  })
})

test('usage that has happened counts and is never refused, reported or out of a lease', async () => {
  await atMinute(10)
  const accountId = await limited()
  const event = () => ({ eventId: newId(), occurredAt: null, ...used(80_000, 20_000), model })
  const outcomes = await recordUsage(tester, { accountId, events: [event(), event()], beyondCredit: 'refuse' })
  expect(outcomes.map(({ status }) => status)).toEqual(['accepted', 'accepted'])
  const { lease } = await openLease(tester, {
    accountId,
    idempotencyKey: newId(),
    amount: cents(100),
    leaseSeconds: 60,
  })
  await settleLease(tester, {
    accountId,
    leaseId: lease.holdId,
    events: [event()],
    refillTo: null,
    leaseSeconds: null,
  })
  expect(await takenOf(accountId)).toEqual([240_000, 240_000, 60_000])
  await expect(begun(accountId, 1, 1)).rejects.toEqual(refusal('rate_limited', { remaining: 0 }))
})

test('as many processes as like never pass a limit within a minute', async () => {
  const accountId = await limited({ prompt: 60_000, uncached: 50_000, generated: 10_000 })
  const takers = startProcesses(4, 'lib/testing/workers/token-taker.ts', [], {
    DATABASE_URL: database.url,
    PURSE_MODE: 'real',
    ACCOUNT_ID: accountId,
    MODEL: model,
    ROUNDS: '150',
    DATABASE_POOL_SIZE: '4',
  })
  const said = (await messagesOf(takers)) as { begun: number; refusals: Record<string, number> }[]
  const minutes = await query<{ uncached: bigint; requests: bigint }>(
    `select sum(reserved_uncached)::bigint as uncached, count(*) as requests from holds where account_id = $1 group by reserved_minute`,
    [accountId],
  )
  // 600 were asked for; each minute has room for exactly 50.
  for (const { uncached } of minutes) expect(uncached).toBeLessThanOrEqual(50_000n)
  expect(minutes.some(({ requests }) => requests === 50n)).toBe(true)
  const begunInAll = said.reduce((total, one) => total + one.begun, 0)
  expect(BigInt(begunInAll)).toBe(minutes.reduce((total, { requests }) => total + requests, 0n))
  expect(said.flatMap(({ refusals }) => Object.keys(refusals))).toEqual(expect.arrayContaining(['rate_limited']))
}, 120_000)

describe('limits that follow the use', () => {
  const promptChanges = (accountId: string) =>
    query<{ at: Date; after: bigint; because: string }>(
      `select at, limit_after as after, because from token_limit_changes
        where account_id = $1 and kind = 'prompt' order by at`,
      [accountId],
    )

  const following = async (limits: { start: number; ceiling: number }) => {
    const { accountId } = await anAccount({ bought: '50' })
    await setLimits(tester, { accountId, tokens: null })
    const house = writtenHouseLimits(usualHouseLimits)
    const all = (count: number) => ({ prompt: count, uncached: count, generated: count })
    const row = { small: all(limits.ceiling), medium: all(limits.ceiling), large: all(limits.ceiling) }
    await setHouseLimits(tester, {
      limits: {
        ...house,
        tokens: { start: all(limits.start), floor: all(1_200_000), ceilings: { 1: row, 2: row, 3: row } },
      },
    })
    return accountId
  }

  const request = async (accountId: string, tokens: number) => {
    const { hold, rate } = await begun(accountId, tokens, 1000)
    await ended(accountId, hold.holdId, tokens, 1000)
    return rate.tokens!.prompt.limit
  }

  test('10,000,000 with a steady 1,000,000 falls to 8,000,000 on day 3 and to 2,621,440 on day 8, and stays', async () => {
    const accountId = await following({ start: 10_000_000, ceiling: 43_200_000 })
    const start = begin.getTime()
    // The same million in every minute of one quarter of an hour in twelve: its highest quarter is that of steady use.
    for (let day = 0; day < 10; day++) {
      for (const hour of [0, 12]) {
        for (let minute = 0; minute < 15; minute++) {
          await moveClock(new Date(start + day * dayMs + hour * hourMs + minute * minuteMs))
          await request(accountId, 1_000_000)
        }
      }
    }
    const changes = await promptChanges(accountId)
    expect(changes.map(({ at, after }) => [Math.floor((at.getTime() - start) / dayMs), Number(after)])).toEqual([
      [3, 8_000_000],
      [4, 6_400_000],
      [5, 5_120_000],
      [6, 4_096_000],
      [7, 3_276_800],
      [8, 2_621_440],
    ])
    expect((await getLimits(tester, { accountId })).models[0]?.kinds.prompt.limit).toBe(2_621_440)
  }, 240_000)

  test('rise by a quarter after a busy minute, once in 15 minutes, to the ceiling, and begin anew after 72 idle hours', async () => {
    const accountId = await following({ start: 2_000_000, ceiling: 2_600_000 })
    const limits: number[] = []
    for (let minute = 0; minute < 40; minute += 2) {
      await atMinute(minute)
      limits.push(await request(accountId, 1_400_000))
    }
    expect([...new Set(limits)]).toEqual([2_000_000, 2_500_000, 2_600_000])
    expect(limits.indexOf(2_500_000)).toBe(1)
    expect(limits.indexOf(2_600_000)).toBe(9)
    await moveClock(new Date(begin.getTime() + 38 * minuteMs + 72 * hourMs + minuteMs))
    expect(await request(accountId, 10)).toBe(2_000_000)
    // Every other minute is not much in a quarter of an hour: when the three days were full it fell, half an hour before it was idle.
    const reasons = (await promptChanges(accountId)).map(({ because }) => because)
    expect(reasons).toEqual(['raised', 'raised', 'lowered', 'idle'])
  })

  test('are read of two models apart', async () => {
    const accountId = await following({ start: 2_000_000, ceiling: 2_600_000 })
    await atMinute(50)
    await begun(accountId, 2_000_000, 1)
    const other = { model: 'kimi-k2p7-code', inputTokens: 2_000_000n, maxOutputTokens: 1n }
    const placed = await authorize(tester, { accountId, idempotencyKey: newId(), size: other, holdSeconds: 60 })
    expect(placed.rate.tokens).toMatchObject({ model: 'kimi-k2p7-code', prompt: { remaining: 0 } })
  })
})
