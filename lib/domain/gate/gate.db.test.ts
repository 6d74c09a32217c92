import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { add, cents, formatMoney, type Money, parseMoney, zero } from '@/lib/core/money'
import { setMonthlyCap } from '@/lib/domain/budgets'
import { readBalance } from '@/lib/domain/ledger'
import { pool, query } from '@/lib/edges/db'
import { anAccount, aPaidPurchase, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { messagesOf, startProcesses } from '@/lib/testing/processes'
import { authorize, expireHolds, recordUsage, release, settle } from '.'

const database = aDatabaseInTest()

beforeAll(async () => {
  await publishTestPrices()
})

afterAll(async () => {
  await expectBooksToAgree()
})

const hold = (accountId: string, cost: Money, idempotencyKey = newId(), holdSeconds = 600) =>
  authorize(tester, { accountId, idempotencyKey, size: { maxCost: cost, model: 'kimi-k2p7-code' }, holdSeconds })

/** At $0.95 for a million: 0.95 millionths of a dollar each. */
const inputTokens = (count: number) => ({
  model: null,
  inputTokens: BigInt(count),
  cachedInputTokens: 0n,
  outputTokens: 0n,
})

const refusal = (code: string, facts: object = {}) =>
  expect.objectContaining({ code, facts: expect.objectContaining(facts) })

/** Uses credit until less than a cent is left of `credit`. */
async function useUp(accountId: string, credit: Money): Promise<void> {
  const { holdId } = (await hold(accountId, credit)).hold
  const tokens = credit.nanos / 950n
  await settle(tester, { accountId, holdId, settlement: { ...inputTokens(0), inputTokens: tokens } })
}

const figures = async (accountId: string) => {
  const { balance, held, available } = await readBalance(pool(), accountId)
  return { balance: formatMoney(balance), held: formatMoney(held), available: formatMoney(available) }
}

describe('a hold', () => {
  test('sets credit aside, is charged for what was used, and the rest is free again', async () => {
    const { accountId } = await anAccount()
    const placed = await hold(accountId, cents(60))
    expect(await figures(accountId)).toEqual({ balance: '1.00', held: '0.60', available: '0.40' })
    const settled = await settle(tester, { accountId, holdId: placed.hold.holdId, settlement: inputTokens(200_000) })
    expect(settled).toMatchObject({ charged: '0.19', available: '0.81', isNew: true })
    expect(await figures(accountId)).toEqual({ balance: '0.81', held: '0.00', available: '0.81' })
  })

  test('is sized from the tokens: all input uncached, all output used', async () => {
    const { accountId } = await anAccount()
    const { hold: placed } = await authorize(tester, {
      accountId,
      idempotencyKey: newId(),
      size: { model: 'kimi-k2p7-code', inputTokens: 1000n, maxOutputTokens: 500n },
      holdSeconds: 600,
    })
    expect(placed.amount).toBe('0.00295')
  })

  test('under the same key is the same hold; another request under that key is refused', async () => {
    const { accountId } = await anAccount()
    const first = await hold(accountId, cents(10), 'request-1')
    const again = await hold(accountId, cents(10), 'request-1')
    expect(again).toMatchObject({ isNew: false, hold: { holdId: first.hold.holdId } })
    await expect(hold(accountId, cents(11), 'request-1')).rejects.toEqual(refusal('idempotency_conflict'))
    expect((await figures(accountId)).held).toBe('0.10')
  })

  test('fifty at once under one key is one hold', async () => {
    const { accountId } = await anAccount()
    const holds = await Promise.all(Array.from({ length: 50 }, () => hold(accountId, cents(10), 'one')))
    expect(new Set(holds.map((placed) => placed.hold.holdId)).size).toBe(1)
    expect(holds.filter((placed) => placed.isNew)).toHaveLength(1)
    expect((await figures(accountId)).held).toBe('0.10')
  })

  test('released frees everything, again changes nothing, and cannot be settled then', async () => {
    const { accountId } = await anAccount()
    const { holdId } = (await hold(accountId, cents(60))).hold
    await release(tester, { accountId, holdId })
    await release(tester, { accountId, holdId })
    expect(await figures(accountId)).toEqual({ balance: '1.00', held: '0.00', available: '1.00' })
    await expect(settle(tester, { accountId, holdId, settlement: inputTokens(1) })).rejects.toEqual(
      refusal('hold_closed'),
    )
  })

  test('settled twice is charged once; settled for other usage is refused; released afterwards is refused', async () => {
    const { accountId } = await anAccount()
    const { holdId } = (await hold(accountId, cents(60))).hold
    const settlement = inputTokens(100_000)
    const all = await Promise.all(Array.from({ length: 20 }, () => settle(tester, { accountId, holdId, settlement })))
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(new Set(all.map(({ charged }) => charged))).toEqual(new Set(['0.095']))
    await expect(settle(tester, { accountId, holdId, settlement: inputTokens(1) })).rejects.toEqual(
      refusal('idempotency_conflict'),
    )
    await expect(release(tester, { accountId, holdId })).rejects.toEqual(refusal('hold_closed'))
    expect((await figures(accountId)).balance).toBe('0.905')
  })

  test('settled above itself is recorded in full and pauses; the next purchase pays the debt first', async () => {
    const { accountId } = await anAccount()
    const { holdId } = (await hold(accountId, cents(60))).hold
    const settled = await settle(tester, { accountId, holdId, settlement: inputTokens(2_000_000) })
    expect(settled).toMatchObject({ charged: '1.90', available: '-0.90' })
    await expect(hold(accountId, cents(1))).rejects.toEqual(
      refusal('payment_method_required', { max_affordable: '0.00' }),
    )
    await aPaidPurchase(accountId, cents(500))
    expect(await figures(accountId)).toMatchObject({ balance: '4.10' })
    await expect(hold(accountId, cents(410))).resolves.toMatchObject({ available: '0.00' })
  })

  test('that expired is freed, and a settle that comes late is charged all the same, once', async () => {
    const { accountId } = await anAccount()
    const { holdId } = (await hold(accountId, cents(60), newId(), 1)).hold
    await query(`update holds set expires_at = now() - interval '1 second' where hold_id = $1`, [holdId])
    await expireHolds(tester)
    expect(await figures(accountId)).toEqual({ balance: '1.00', held: '0.00', available: '1.00' })
    for (const isNew of [true, false]) {
      expect(await settle(tester, { accountId, holdId, settlement: inputTokens(100_000) })).toMatchObject({
        charged: '0.095',
        isNew,
      })
    }
    expect((await figures(accountId)).balance).toBe('0.905')
  })

  test('that is overdue gives way to the next request, before any sweep', async () => {
    const { accountId } = await anAccount()
    const { holdId } = (await hold(accountId, cents(90), newId(), 1)).hold
    await query(`update holds set expires_at = now() - interval '1 second' where hold_id = $1`, [holdId])
    await expect(hold(accountId, cents(150))).rejects.toEqual(refusal('credits_exhausted', { max_affordable: '1.00' }))
    expect(await figures(accountId)).toMatchObject({ held: '0.00' })
    await expect(hold(accountId, cents(50))).resolves.toMatchObject({ available: '0.50' })
  })

  test('of nobody is not found', async () => {
    await expect(hold(newId(), cents(1))).rejects.toEqual(refusal('not_found'))
    const { accountId } = await anAccount()
    await expect(settle(tester, { accountId, holdId: newId(), settlement: inputTokens(1) })).rejects.toEqual(
      refusal('not_found'),
    )
    const { hold: another } = await hold((await anAccount()).accountId, cents(1))
    await expect(release(tester, { accountId, holdId: another.holdId })).rejects.toEqual(refusal('not_found'))
  })
})

describe('a refusal', () => {
  test('says what is affordable when credits are short, and leaves no trace', async () => {
    const { accountId } = await anAccount({ bought: '5', hasPaymentMethod: true })
    const before = await figures(accountId)
    await expect(hold(accountId, cents(601))).rejects.toEqual(
      refusal('credits_exhausted', { max_affordable: '6.00', required: '6.01' }),
    )
    expect(await figures(accountId)).toEqual(before)
    await expect(hold(accountId, cents(600))).resolves.toMatchObject({ available: '0.00' })
  })

  test('tells credit that is only held from credit that is gone', async () => {
    const { accountId } = await anAccount({ hasPaymentMethod: true })
    await hold(accountId, cents(80))
    await expect(hold(accountId, cents(50))).rejects.toEqual(refusal('credits_held', { max_affordable: '0.20' }))
    await expect(hold(accountId, cents(150))).rejects.toEqual(refusal('credits_exhausted'))
  })

  const cap = { scope: 'account', window: 'monthly', subject_id: null, subject_name: null }

  test('names the cap and when it resets; raising the cap resumes at once', async () => {
    const { accountId } = await anAccount({ bought: '20', cap: '1' })
    const { holdId } = (await hold(accountId, cents(95))).hold
    await expect(hold(accountId, cents(10))).rejects.toEqual(refusal('budget_held', { budget: cap }))
    await settle(tester, { accountId, holdId, settlement: inputTokens(1_000_000) })
    await expect(hold(accountId, cents(10))).rejects.toEqual(
      refusal('budget_reached', {
        budget: cap,
        limit: '1.00',
        spent: '0.95',
        max_affordable: '0.05',
        resets_at: expect.stringMatching(/^20\d\d-\d\d-01T00:00/),
      }),
    )
    await setMonthlyCap(tester, { accountId, limit: '2', warnAtPercent: [80] })
    await expect(hold(accountId, cents(10))).resolves.toMatchObject({ isNew: true })
  })

  test('of a suspended account comes first', async () => {
    const { accountId } = await anAccount({ bought: '5' })
    await query('update accounts set suspended_at = now() where account_id = $1', [accountId])
    await expect(hold(accountId, cents(1))).rejects.toEqual(refusal('account_suspended'))
  })

  test('for want of credit is told to the customer once, until credit is added', async () => {
    const { accountId } = await anAccount()
    const told = async () =>
      (await query(`select 1 from notifications where account_id = $1 and kind = 'usage_paused'`, [accountId])).length
    await expect(hold(accountId, cents(200))).rejects.toThrow()
    expect(await told()).toBe(0) // too big for what is left, but smaller requests go on
    await useUp(accountId, cents(100))
    for (let times = 0; times < 3; times++) await expect(hold(accountId, cents(1))).rejects.toThrow()
    expect(await told()).toBe(1)
    await aPaidPurchase(accountId, cents(500))
    await useUp(accountId, cents(500))
    await expect(hold(accountId, cents(1))).rejects.toThrow()
    expect(await told()).toBe(2)
  })
})

describe('the cap', () => {
  test('warns once at 80 % and once at 100 %, and again after falling back', async () => {
    const { accountId } = await anAccount({ bought: '50', cap: '10' })
    const warnings = async () =>
      (
        await query<{ kind: string }>(
          `select kind from notifications where account_id = $1 and kind like 'budget%' order by created_at, notification_id`,
          [accountId],
        )
      ).map(({ kind }) => kind)
    const use = async (millions: number) => {
      const { holdId } = (await hold(accountId, cents(95 * millions))).hold
      await settle(tester, { accountId, holdId, settlement: inputTokens(millions * 1_000_000) })
    }
    await use(8)
    expect(await warnings()).toEqual([])
    await use(1)
    expect(await warnings()).toEqual(['budget_warning'])
    await setMonthlyCap(tester, { accountId, limit: '20', warnAtPercent: [80] })
    await setMonthlyCap(tester, { accountId, limit: '8.55', warnAtPercent: [80] })
    expect(await warnings()).toEqual(['budget_warning', 'budget_reached'])
    await expect(hold(accountId, cents(1))).rejects.toEqual(refusal('budget_reached'))
  })

  test('counts usage, not purchases', async () => {
    const { accountId } = await anAccount({ bought: '5', cap: '10' })
    await aPaidPurchase(accountId, cents(10_000))
    const [row] = await query<{ spent: bigint }>('select spent from budget_periods where account_id = $1', [accountId])
    expect(row?.spent).toBe(0n)
  })
})

describe('usage reported in a batch', () => {
  const event = (eventId: string, changes: object = {}) => ({
    eventId,
    model: 'kimi-k2p7-code',
    inputTokens: 100_000n,
    cachedInputTokens: 0n,
    outputTokens: 0n,
    occurredAt: null,
    ...changes,
  })

  test('is decided event by event: repeats change nothing, bad ones are refused by their place', async () => {
    const { accountId } = await anAccount()
    const take = (events: ReturnType<typeof event>[]) =>
      recordUsage(tester, { accountId, events, beyondCredit: 'refuse' })
    expect(
      await take([
        event('a'),
        event('b', { model: 'no-such' }),
        event('a'),
        event('c', { cachedInputTokens: 200_000n }),
      ]),
    ).toEqual([
      { status: 'accepted', amount: '0.095' },
      expect.objectContaining({ status: 'refused', code: 'unknown_model', field: 'model' }),
      { status: 'duplicate', amount: '0.095' },
      expect.objectContaining({ status: 'refused', code: 'invalid_request', field: 'cached_input_tokens' }),
    ])
    expect(await take([event('a'), event('a', { inputTokens: 1n })])).toEqual([
      { status: 'duplicate', amount: '0.095' },
      expect.objectContaining({ status: 'refused', code: 'idempotency_conflict' }),
    ])
    expect((await figures(accountId)).balance).toBe('0.905')
  })

  test('stops where the credit ends; recorded in full only when asked to', async () => {
    const { accountId } = await anAccount()
    const events = Array.from({ length: 12 }, (_, index) => event(`e${index}`))
    const outcomes = await recordUsage(tester, { accountId, events, beyondCredit: 'refuse' })
    expect(outcomes.map(({ status }) => status)).toEqual([...Array(10).fill('accepted'), 'refused', 'refused'])
    expect(await figures(accountId)).toMatchObject({ balance: '0.05' })
    const again = await recordUsage(tester, { accountId, events, beyondCredit: 'record' })
    expect(again.map(({ status }) => status)).toEqual([...Array(10).fill('duplicate'), 'accepted', 'accepted'])
    expect(await figures(accountId)).toMatchObject({ balance: '-0.14' })
  })

  test('the same batch fifty times at once is charged once', async () => {
    const { accountId } = await anAccount()
    const events = [event('x'), event('y')]
    const all = await Promise.all(
      Array.from({ length: 50 }, () => recordUsage(tester, { accountId, events, beyondCredit: 'refuse' })),
    )
    expect(all.flat().filter(({ status }) => status === 'accepted')).toHaveLength(2)
    expect((await figures(accountId)).balance).toBe('0.81')
  })
})

describe('many processes on one account', () => {
  test('eight of them never take it below zero, nor past its cap, and every settled request is charged once', async () => {
    const short = await anAccount({ bought: '1', hasPaymentMethod: true })
    const capped = await anAccount({ bought: '100', cap: '2', hasPaymentMethod: true })
    const accountIds = [short.accountId, capped.accountId]
    const spenders = startProcesses(8, 'lib/testing/workers/spender.ts', [], {
      DATABASE_URL: database.url,
      ACCOUNT_IDS: accountIds.join(','),
      ROUNDS: '60',
      DATABASE_POOL_SIZE: '4',
    })
    const lowest = await lowestWhile(accountIds, Promise.all(spenders.map((spender) => spender.exit)))
    expect(lowest).toBeGreaterThanOrEqual(0n)

    const all = (await messagesOf(spenders)) as Said[]
    for (const accountId of accountIds) {
      const said = all.filter((one) => one.accountId === accountId)
      const charged = said.map((one) => parseMoney(one.charged)).reduce(add, zero())
      const [row] = await query<{ used: bigint; events: bigint }>(
        'select coalesce(sum(amount), 0)::bigint as used, count(*) as events from usage_events where account_id = $1',
        [accountId],
      )
      expect(row?.used).toBe(charged.nanos)
      expect(row?.events).toBe(BigInt(said.reduce((total, one) => total + one.settled, 0)))
      // Both had two dollars to spend, one of credit and one under its cap; and somebody was refused for it.
      expect(charged.nanos).toBeLessThanOrEqual(cents(200).nanos)
      expect(said.some((one) => Object.keys(one.refusals).length > 0)).toBe(true)
    }
  }, 240_000)
})

interface Said {
  accountId: string
  charged: string
  settled: number
  refusals: Record<string, number>
}

/** The lowest available credit of any of the accounts that is seen while `work` goes on. */
async function lowestWhile(accountIds: string[], work: Promise<unknown>): Promise<bigint> {
  let isDone = false
  void work.finally(() => {
    isDone = true
  })
  const seen: bigint[] = []
  while (!isDone) {
    for (const accountId of accountIds) seen.push((await readBalance(pool(), accountId)).available.nanos)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return seen.reduce((lowest, available) => (available < lowest ? available : lowest))
}
