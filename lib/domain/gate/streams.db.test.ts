import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { cents, formatMoney, parseMoney } from '@/lib/core/money'
import { listMovements, readBalance } from '@/lib/domain/ledger'
import { pool, query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import {
  authorize,
  expireHolds,
  extend,
  getHold,
  openLease,
  recordUsage,
  release,
  releaseLease,
  reportProgress,
  settle,
  settleLease,
} from '.'

aDatabaseInTest()

beforeAll(async () => {
  await publishTestPrices()
})

afterAll(async () => {
  await expectBooksToAgree()
})

const model = 'kimi-k2p7-code'

const place = async (accountId: string, cost = cents(60), holdSeconds = 600) =>
  (await authorize(tester, { accountId, idempotencyKey: newId(), size: { maxCost: cost, model }, holdSeconds })).hold

/** At $0.95 for a million input tokens: 100,000 of them cost 9.5 cents. */
const input = (count: number) => ({
  model: null,
  inputTokens: BigInt(count),
  cachedInputTokens: 0n,
  outputTokens: 0n,
})

const grow = (accountId: string, holdId: string, total: string, idempotencyKey: string | null = null) =>
  extend(tester, { accountId, holdId, size: { maxCost: parseMoney(total) }, holdSeconds: null, idempotencyKey })

const report = (accountId: string, holdId: string, count: number, holdSeconds: number | null = null) =>
  reportProgress(tester, { accountId, holdId, usage: input(count), holdSeconds })

const figures = async (accountId: string) => {
  const { balance, held } = await readBalance(pool(), accountId)
  return { balance: formatMoney(balance), held: formatMoney(held) }
}

const refusal = (code: string, facts: object = {}) =>
  expect.objectContaining({ code, facts: expect.objectContaining(facts) })

const makeOverdue = (holdId: string) =>
  query(`update holds set expires_at = now() - interval '1 second' where hold_id = $1`, [holdId])

describe('extending', () => {
  test('needs the difference only, and can be done again', async () => {
    const { accountId } = await anAccount()
    const { holdId } = await place(accountId, cents(60))
    expect(await grow(accountId, holdId, '1.00')).toMatchObject({ hold: { amount: '1.00' }, available: '0.00' })
    expect(await grow(accountId, holdId, '1.00')).toMatchObject({ hold: { amount: '1.00' }, available: '0.00' })
    expect(await grow(accountId, holdId, '0.10')).toMatchObject({ hold: { amount: '1.00' } })
    expect(await figures(accountId)).toEqual({ balance: '1.00', held: '1.00' })
  })

  test('that does not fit is refused with the largest total, and leaves the hold as it was', async () => {
    const { accountId } = await anAccount()
    const { holdId } = await place(accountId, cents(60))
    await place(accountId, cents(30))
    await expect(grow(accountId, holdId, '0.71')).rejects.toEqual(
      refusal('credits_held', { max_affordable: '0.70', required: '0.71' }),
    )
    await expect(grow(accountId, holdId, '1.11')).rejects.toEqual(
      refusal('credits_exhausted', { max_affordable: '0.70' }),
    )
    expect((await getHold(tester, { accountId, holdId })).hold).toMatchObject({ state: 'open', amount: '0.60' })
    expect(await grow(accountId, holdId, '0.70')).toMatchObject({ available: '0.00' })
  })

  test('by tokens is priced by the model of the hold', async () => {
    const { accountId } = await anAccount()
    const { hold } = await authorize(tester, {
      accountId,
      idempotencyKey: newId(),
      size: { model, inputTokens: 1000n, maxOutputTokens: 500n },
      holdSeconds: 600,
    })
    const size = { inputTokens: 1000n, maxOutputTokens: 1000n }
    const { holdId } = hold
    expect(await extend(tester, { accountId, holdId, size, holdSeconds: null, idempotencyKey: null })).toMatchObject({
      hold: { amount: '0.00495' },
    })
  })

  test('under the same key is one extension; another one under that key is refused', async () => {
    const { accountId } = await anAccount()
    const { holdId } = await place(accountId, cents(10))
    const all = await Promise.all(Array.from({ length: 20 }, () => grow(accountId, holdId, '0.50', 'more')))
    expect(new Set(all.map(({ hold }) => hold.amount))).toEqual(new Set(['0.50']))
    await expect(grow(accountId, holdId, '0.60', 'more')).rejects.toEqual(refusal('idempotency_conflict'))
    expect(await figures(accountId)).toMatchObject({ held: '0.50' })
  })

  test('prolongs and never shortens; a closed hold is not extended', async () => {
    const { accountId } = await anAccount()
    const { holdId, expiresAt } = await place(accountId, cents(10), 600)
    const prolong = (holdSeconds: number) =>
      extend(tester, { accountId, holdId, size: null, holdSeconds, idempotencyKey: null })
    expect((await prolong(60)).hold.expiresAt).toBe(expiresAt)
    expect(Date.parse((await prolong(3600)).hold.expiresAt)).toBeGreaterThan(Date.parse(expiresAt))
    await release(tester, { accountId, holdId })
    await expect(prolong(7200)).rejects.toEqual(refusal('hold_closed', { state: 'released' }))
  })
})

describe('a stream that dies', () => {
  test('is charged for the last usage it reported, the rest is free, and the statement says so', async () => {
    const { accountId, userId } = await anAccount()
    const { holdId } = await place(accountId)
    await report(accountId, holdId, 50_000)
    expect((await report(accountId, holdId, 100_000)).hold.reported).toEqual({
      model,
      inputTokens: 100_000,
      cachedInputTokens: 0,
      outputTokens: 0,
      cost: '0.095',
    })
    await makeOverdue(holdId)
    await expireHolds(tester)
    expect(await figures(accountId)).toEqual({ balance: '0.905', held: '0.00' })
    expect((await getHold(tester, { accountId, holdId })).hold).toMatchObject({ state: 'expired', charged: '0.095' })
    const [newest] = await listMovements({ kind: 'user', userId }, { accountId, limit: 1 })
    expect(newest).toMatchObject({ kind: 'usage', amount: '-0.095', cause: `expired_hold:${holdId}` })
  })

  test('is settled by the next request of its account, before any sweep', async () => {
    const { accountId } = await anAccount()
    const { holdId } = await place(accountId, cents(90))
    await report(accountId, holdId, 100_000)
    await makeOverdue(holdId)
    expect((await authorize(tester, request(accountId, '0.905'))).available).toBe('0.00')
  })

  test('settled late is charged the difference, once', async () => {
    const { accountId } = await anAccount()
    const { holdId } = await place(accountId)
    await report(accountId, holdId, 100_000)
    await makeOverdue(holdId)
    await expireHolds(tester)
    for (const isNew of [true, false]) {
      expect(await settle(tester, { accountId, holdId, settlement: input(300_000) })).toMatchObject({
        charged: '0.285',
        isNew,
        hold: { state: 'settled' },
      })
    }
    expect(await figures(accountId)).toEqual({ balance: '0.715', held: '0.00' })
    await expect(settle(tester, { accountId, holdId, settlement: input(1) })).rejects.toEqual(
      refusal('idempotency_conflict'),
    )
  })

  test('settled late for less than it had reported stays charged for what it reported', async () => {
    const { accountId } = await anAccount()
    const { holdId } = await place(accountId)
    await report(accountId, holdId, 100_000)
    await makeOverdue(holdId)
    await expireHolds(tester)
    expect(await settle(tester, { accountId, holdId, settlement: input(10) })).toMatchObject({ charged: '0.095' })
    expect(await figures(accountId)).toMatchObject({ balance: '0.905' })
  })

  test('that reported nothing is freed, and charged in full when it settles late', async () => {
    const { accountId } = await anAccount()
    const { holdId } = await place(accountId)
    await makeOverdue(holdId)
    await expireHolds(tester)
    expect((await getHold(tester, { accountId, holdId })).hold).toMatchObject({ state: 'expired', charged: null })
    expect(await settle(tester, { accountId, holdId, settlement: input(100_000) })).toMatchObject({ charged: '0.095' })
  })

  test('reports that arrive out of order leave the highest; a report keeps the hold alive; a closed hold takes none', async () => {
    const { accountId } = await anAccount()
    const { holdId, expiresAt } = await place(accountId)
    await report(accountId, holdId, 100_000, 7200)
    const late = await report(accountId, holdId, 20_000)
    expect(late.hold.reported?.inputTokens).toBe(100_000)
    expect(Date.parse(late.hold.expiresAt)).toBeGreaterThan(Date.parse(expiresAt))
    await expect(
      reportProgress(tester, {
        accountId,
        holdId,
        usage: { ...input(200_000), model: 'gpt-oss-20b' },
        holdSeconds: null,
      }),
    ).rejects.toEqual(refusal('invalid_request', { field: 'model' }))
    await settle(tester, { accountId, holdId, settlement: input(120_000) })
    await expect(report(accountId, holdId, 130_000)).rejects.toEqual(refusal('hold_closed', { state: 'settled' }))
  })
})

const request = (accountId: string, cost: string) => ({
  accountId,
  idempotencyKey: newId(),
  size: { maxCost: parseMoney(cost), model },
  holdSeconds: 600,
})

const event = (eventId: string, count: number) => ({ ...input(count), eventId, model, occurredAt: null })

describe('a lease', () => {
  const open = async (accountId: string, amount = cents(50), idempotencyKey = newId()) =>
    openLease(tester, { accountId, idempotencyKey, amount, leaseSeconds: 300 })
  const spend = (
    accountId: string,
    leaseId: string,
    events: ReturnType<typeof event>[],
    refillTo: string | null = null,
  ) =>
    settleLease(tester, {
      accountId,
      leaseId,
      events,
      refillTo: refillTo === null ? null : parseMoney(refillTo),
      leaseSeconds: null,
    })

  test('is a hold that is spent down, refilled, and given back', async () => {
    const { accountId } = await anAccount()
    const { lease } = await open(accountId)
    const leaseId = lease.holdId
    expect(await figures(accountId)).toEqual({ balance: '1.00', held: '0.50' })
    const spent = await spend(accountId, leaseId, [event('a', 100_000), event('b', 200_000), event('a', 100_000)])
    expect(spent).toMatchObject({ lease: { amount: '0.215', charged: '0.285' }, available: '0.50', refill: null })
    expect(spent.outcomes.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'duplicate'])
    expect(await spend(accountId, leaseId, [], '0.60')).toMatchObject({ lease: { amount: '0.60' }, available: '0.115' })
    expect(await releaseLease(tester, { accountId, leaseId })).toMatchObject({
      lease: { state: 'released', amount: '0.00' },
      available: '0.715',
    })
    expect(await releaseLease(tester, { accountId, leaseId })).toMatchObject({ available: '0.715' })
  })

  test('under the same key is one lease, and counts against everybody else', async () => {
    const { accountId } = await anAccount()
    const leases = await Promise.all(Array.from({ length: 10 }, () => open(accountId, cents(70), 'gateway-1')))
    expect(new Set(leases.map(({ lease }) => lease.holdId)).size).toBe(1)
    await expect(open(accountId, cents(71), 'gateway-1')).rejects.toEqual(refusal('idempotency_conflict'))
    await expect(authorize(tester, request(accountId, '0.31'))).rejects.toEqual(
      refusal('credits_held', { max_affordable: '0.30' }),
    )
  })

  test('a refill that does not fit is told with the largest total; the events are charged all the same', async () => {
    const { accountId } = await anAccount()
    const { lease } = await open(accountId)
    const spent = await spend(accountId, lease.holdId, [event('a', 100_000)], '2.00')
    expect(spent.refill).toEqual(refusal('credits_exhausted', { max_affordable: '0.905' }))
    expect(spent.lease).toMatchObject({ amount: '0.405', charged: '0.095' })
  })

  test('that expired gave its rest back; what is reported later is charged in full', async () => {
    const { accountId } = await anAccount()
    const { lease } = await open(accountId)
    await spend(accountId, lease.holdId, [event('a', 100_000)])
    await makeOverdue(lease.holdId)
    await expireHolds(tester)
    expect(await figures(accountId)).toEqual({ balance: '0.905', held: '0.00' })
    const late = await spend(accountId, lease.holdId, [event('a', 100_000), event('b', 100_000)], '0.10')
    expect(late.outcomes.map(({ status }) => status)).toEqual(['duplicate', 'accepted'])
    expect(late.refill).toEqual(refusal('hold_closed', { state: 'expired' }))
    expect(await figures(accountId)).toEqual({ balance: '0.81', held: '0.00' })
  })

  test('spent beyond what it holds is charged in full', async () => {
    const { accountId } = await anAccount()
    const { lease } = await open(accountId, cents(10))
    const spent = await spend(accountId, lease.holdId, [event('a', 2_000_000)])
    expect(spent).toMatchObject({ lease: { amount: '0.00', charged: '1.90' }, available: '-0.90' })
  })
})

describe('the request rate', () => {
  test('is ten a minute without a payment method; repeats and refusals do not count', async () => {
    await untilMinuteHas(20)
    const { accountId } = await anAccount({ hasUsualRate: true })
    await expect(authorize(tester, request(accountId, '5'))).rejects.toEqual(refusal('credits_exhausted'))
    for (let number = 1; number <= 10; number++) {
      const asked = { ...request(accountId, '0.001'), idempotencyKey: `key-${number}` }
      expect((await authorize(tester, asked)).rate).toMatchObject({ limit: 10, remaining: 10 - number })
      expect((await authorize(tester, asked)).rate).toMatchObject({ remaining: 10 - number })
    }
    await expect(authorize(tester, request(accountId, '0.001'))).rejects.toEqual(
      refusal('rate_limited', { rate_limit: expect.objectContaining({ limit: 10, remaining: 0 }) }),
    )
    await expect(authorize(tester, request(accountId, '5'))).rejects.toEqual(refusal('credits_exhausted'))
    await query(`update account_balances set minute = minute - interval '1 minute' where account_id = $1`, [accountId])
    await expect(authorize(tester, request(accountId, '0.001'))).resolves.toMatchObject({ isNew: true })
  })

  test('is exact when requests race, and higher with a payment method and credit', async () => {
    await untilMinuteHas(20)
    const { accountId } = await anAccount({ hasUsualRate: true })
    const answers = await Promise.allSettled(
      Array.from({ length: 40 }, () => authorize(tester, request(accountId, '0.001'))),
    )
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    const other = await anAccount({ hasUsualRate: true, hasPaymentMethod: true, bought: '10' })
    expect((await authorize(tester, request(other.accountId, '0.001'))).rate).toMatchObject({ limit: 6000 })
  })
})

/** Waits for a new minute when this one has less than `seconds` left, so that a count is not cut in two. */
async function untilMinuteHas(seconds: number): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000)
  if (left < seconds * 1000) await new Promise((resolve) => setTimeout(resolve, left + 50))
}

test('an event’s id that is a UUID, and one that is not, are each known again', async () => {
  const { accountId } = await anAccount()
  const ids = [newId(), 'request-7', newId().toUpperCase()]
  const send = () => recordUsage(tester, { accountId, events: ids.map((id) => event(id, 10)), beyondCredit: 'refuse' })
  expect((await send()).map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted'])
  expect((await send()).map(({ status }) => status)).toEqual(['duplicate', 'duplicate', 'duplicate'])
  const rows = await query<{ event_id: string | null }>('select event_id from usage_events where account_id = $1', [
    accountId,
  ])
  expect(rows.map((row) => row.event_id).sort()).toEqual([ids[2], ids[1], null].sort())
})
