import pg from 'pg'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { formatMoney, parseMoney } from '@/lib/core/money'
import { dayEnd, dayMs, hourMs, minuteMs } from '@/lib/core/time'
import { getStanding } from '@/lib/domain/accounts'
import {
  authorize,
  expireGrants,
  expireHolds,
  getGateBalance,
  getHold,
  openLease,
  recordUsage,
  release,
  releaseLease,
  reportProgress,
  settle,
} from '@/lib/domain/gate'
import { listMovements, lockBalance } from '@/lib/domain/ledger'
import { movementText } from '@/lib/domain/ledger/rules'
import { moveClock } from '@/lib/edges/clock'
import { inTransaction, query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { anAccount, aPaidPurchase, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { messagesOf, startProcess, startProcesses } from '@/lib/testing/processes'
import { givePromotion, listGrants } from '.'

const database = aDatabaseInTest({ mode: 'demo' })
const start = new Date('2026-11-21T12:00:00Z')
const lastDay = '2026-12-31'
const model = 'gpt-oss-20b'
const longMs = 90_000

beforeAll(async () => {
  await publishTestPrices()
})

beforeEach(() => moveClock(start))

/** $1 of signup credit that never expires, and $5 that expire at the end of the year in a zone. */
async function aGift(zone = 'UTC', amount = '5.00'): Promise<{ accountId: string; grantId: string; expiresAt: Date }> {
  await moveClock(start)
  const { accountId } = await anAccount()
  await query('update accounts set time_zone = $2 where account_id = $1', [accountId, zone])
  await query('update budget_periods set time_zone = $2 where account_id = $1', [accountId, zone])
  const { grantId } = await give(accountId, amount)
  return { accountId, grantId, expiresAt: dayEnd(lastDay, zone) }
}

const give = (accountId: string, amount: string, expiresOn: string | null = lastDay) =>
  givePromotion(tester, { accountId, amount, expiresOn, reason: 'A gift', idempotencyKey: newId() })

const hold = async (accountId: string, cost: string, holdSeconds = 600) =>
  (
    await authorize(tester, {
      accountId,
      idempotencyKey: newId(),
      size: { maxCost: parseMoney(cost), model },
      holdSeconds,
    })
  ).hold.holdId

/** The tokens that cost an amount, at $0.07 a million. */
const tokens = (cost: string) => ({
  model: null,
  inputTokens: parseMoney(cost).nanos / 70n,
  cachedInputTokens: 0n,
  outputTokens: 0n,
})

/** What every door says the account may use. */
async function shown(accountId: string) {
  const [balance, standing, grants, locked] = await Promise.all([
    getGateBalance(tester, { accountId }),
    getStanding(tester, { accountId }),
    listGrants(tester, { accountId }),
    inTransaction((tx) => lockBalance(tx, accountId)),
  ])
  expect(standing).toMatchObject({ balance: balance.balance, available: balance.available, held: balance.held })
  expect(formatMoney(locked.available)).toBe(balance.available)
  expect(formatMoney(locked.balance)).toBe(balance.balance)
  const left = grants.reduce((sum, { remaining }) => sum + parseMoney(remaining).nanos, 0n)
  expect(left).toBe(parseMoney(balance.balance).nanos)
  return { ...balance, grants }
}

const statement = async (accountId: string) =>
  (await listMovements(tester, { accountId })).map((movement) => `${movementText(movement)} ${movement.amount}`)

const expiries = (accountId: string) =>
  query<{ amount: bigint; posted_at: Date }>(
    `select amount, posted_at from transfers where account_id = $1 and kind = 'expiry' order by seq`,
    [accountId],
  )

describe('at the instant', () => {
  test.each(['America/New_York', 'Australia/Lord_Howe', 'Pacific/Kiritimati'])(
    'in %s nothing more is admitted on it, and every door says so at once',
    async (zone) => {
      const { accountId, grantId, expiresAt } = await aGift(zone)
      await moveClock(new Date(expiresAt.getTime() - minuteMs))
      await release(tester, { accountId, holdId: await hold(accountId, '5.50') })
      expect(await shown(accountId)).toMatchObject({ available: '6.00' })

      await moveClock(expiresAt)
      // Nobody has posted anything yet.
      expect(await expiries(accountId)).toEqual([])
      const { balance, available, grants } = await shown(accountId)
      expect({ balance, available }).toEqual({ balance: '1.00', available: '1.00' })
      expect(grants.find((grant) => grant.grantId === grantId)).toMatchObject({
        state: 'expired',
        remaining: '0.00',
        expired: '5.00',
        lastDay,
        daysLeft: null,
      })
      await expect(hold(accountId, '1.01')).rejects.toMatchObject({
        code: 'credits_exhausted',
        facts: { max_affordable: '1.00' },
      })
      expect(await expiries(accountId)).toMatchObject([{ amount: 5_000_000_000n }])
      expect(await shown(accountId)).toMatchObject({ available: '1.00' })
      expect((await statement(accountId))[0]).toBe('Promotion expired -5.00')
      expect((await listGrants(tester, { accountId })).map(({ source, state }) => [source, state])).toEqual([
        ['signup', 'open'],
        ['promotion', 'expired'],
      ])
      await expectBooksToAgree()
    },
  )

  test('usage that is reported afterwards burns what is left, in the same batch', async () => {
    const { accountId, expiresAt } = await aGift()
    await moveClock(expiresAt)
    const event = (eventId: string, cost: string) => ({ ...tokens(cost), eventId, model, occurredAt: null })
    const outcomes = await recordUsage(tester, {
      accountId,
      events: [event('a', '0.70'), event('b', '0.70'), event('c', '0.28')],
      beyondCredit: 'refuse',
    })
    expect(outcomes.map(({ status }) => status)).toEqual(['accepted', 'refused', 'accepted'])
    expect(await shown(accountId)).toMatchObject({ balance: '0.02' })
    await expectBooksToAgree()
  })

  test('a grant that is partly used expires with the rest; one that is used up does not expire', async () => {
    const { accountId, expiresAt } = await aGift()
    await give(accountId, '2.00', '2026-12-30')
    await settle(tester, { accountId, holdId: await hold(accountId, '2.70'), settlement: tokens('2.10') })
    await moveClock(expiresAt)
    await expireGrants(tester)
    const { grants } = await shown(accountId)
    expect(grants.map(({ source, state, expired }) => [source, state, expired])).toEqual([
      ['signup', 'open', '0.00'],
      ['promotion', 'used_up', '0.00'],
      ['promotion', 'expired', '4.90'],
    ])
    await expectBooksToAgree()
  })
})

describe('with open holds', () => {
  test('what was admitted before is honoured; nothing new is admitted; the rest goes when it is settled', async () => {
    const { accountId, expiresAt } = await aGift()
    const holdId = await hold(accountId, '5.50', 86_400)
    await moveClock(new Date(start.getTime() + hourMs))
    await query('update holds set expires_at = $2 where hold_id = $1', [holdId, new Date(expiresAt.getTime() + dayMs)])
    await moveClock(expiresAt)
    // Other credit than what the hold stands on: there is none.
    expect(await shown(accountId)).toMatchObject({ balance: '5.50', held: '5.50', available: '0.00' })
    expect(await getHold(tester, { accountId, holdId })).toMatchObject({ available: '0.00' })
    await expect(hold(accountId, '0.01')).rejects.toMatchObject({ code: 'credits_held' })
    expect(await expiries(accountId)).toMatchObject([{ amount: 500_000_000n }])
    expect((await listGrants(tester, { accountId })).find(({ source }) => source === 'promotion')).toMatchObject({
      state: 'ending',
      remaining: '4.50',
      expired: '0.50',
    })
    expect(await expireGrants(tester)).toEqual({ expired: 0 })

    const { charged, available } = await settle(tester, { accountId, holdId, settlement: tokens('5.25') })
    expect({ charged, available }).toEqual({ charged: '5.25', available: '0.00' })
    // What the hold did not use expired in the batch that settled it.
    expect(await expiries(accountId)).toMatchObject([{ amount: 500_000_000n }, { amount: 250_000_000n }])
    expect(await shown(accountId)).toMatchObject({ balance: '0.00', held: '0.00' })
    await expectBooksToAgree()
  })

  test('a hold that is released, a lease that is given back and a hold that runs out set nothing free', async () => {
    const { accountId, expiresAt } = await aGift()
    const ways = { released: await hold(accountId, '1.50'), reported: await hold(accountId, '1.00') }
    const { lease } = await openLease(tester, {
      accountId,
      idempotencyKey: newId(),
      amount: parseMoney('3.00'),
      leaseSeconds: 600,
    })
    await query(`update holds set expires_at = $2 where account_id = $1 and state = 'open'`, [
      accountId,
      new Date(expiresAt.getTime() + minuteMs),
    ])
    await reportProgress(tester, { accountId, holdId: ways.reported, usage: tokens('0.28'), holdSeconds: null })
    await moveClock(expiresAt)
    expect(await shown(accountId)).toMatchObject({ balance: '5.50', available: '0.00' })
    expect((await release(tester, { accountId, holdId: ways.released })).available).toBe('0.00')
    expect((await releaseLease(tester, { accountId, leaseId: lease.holdId })).available).toBe('0.00')
    // $1 is held, and the signup credit covers it: all of the promotion is gone.
    expect(await shown(accountId)).toMatchObject({ balance: '1.00', held: '1.00' })
    await moveClock(new Date(expiresAt.getTime() + 2 * minuteMs))
    expect(await expireHolds(tester)).toEqual({ expired: 1 })
    expect(await shown(accountId)).toMatchObject({ balance: '0.72', available: '0.72' })
    await expectBooksToAgree()
  })
})

describe('accounts that send nothing', () => {
  test('the sweep expires them once, marks them, and asks auto top-up', async () => {
    const idle = await Promise.all([aGift(), aGift(), aGift()])
    const { accountId } = idle[0]!
    await query(
      `insert into auto_top_up_settings (account_id, is_on, minimum, mode, amount, target, updated_at)
       values ($1, true, 2000000000, 'amount', 10000000000, 20000000000, now())`,
      [accountId],
    )
    await moveClock(dayEnd(lastDay, 'UTC'))
    expect(await expireGrants(tester)).toEqual({ expired: 3 })
    expect(await expireGrants(tester)).toEqual({ expired: 0 })
    for (const account of idle) {
      expect(await expiries(account.accountId)).toMatchObject([{ amount: 5_000_000_000n }])
      const [grant] = await query('select remaining, is_over from grants where grant_id = $1', [account.grantId])
      expect(grant).toEqual({ remaining: 0n, is_over: true })
    }
    const owner = new pg.Client({ connectionString: database.url })
    await owner.connect()
    const { rows } = await owner.query(
      `select payload->>'accountId' as "accountId" from graphile_worker._private_jobs j
         join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'run-auto-top-up'`,
    )
    await owner.end()
    expect(rows).toEqual([{ accountId }])
    await expectBooksToAgree()
  })

  test('only the worker runs it', async () => {
    await expect(expireGrants({ kind: 'user', userId: newId() })).rejects.toMatchObject({ code: 'not_allowed' })
  })

  test('eight processes at once expire each grant once', { timeout: longMs }, async () => {
    const accounts = await Promise.all(Array.from({ length: 12 }, () => aGift()))
    await moveClock(dayEnd(lastDay, 'UTC'))
    const sweepers = startProcesses(8, 'lib/testing/run-verb.ts', ['lib/domain/gate', 'expireGrants', '{}'])
    const said = (await messagesOf(sweepers)) as { result: { expired: number } }[]
    expect(said).toHaveLength(8)
    for (const { accountId } of accounts) {
      expect(await expiries(accountId)).toMatchObject([{ amount: 5_000_000_000n }])
      expect(await shown(accountId)).toMatchObject({ balance: '1.00' })
    }
    await expectBooksToAgree()
  })

  test.each(['expiry:before-write', 'expiry:before-commit', 'expiry:after-commit'])(
    'kill -9 at %s loses nothing and doubles nothing',
    async (point) => {
      const { accountId } = await aGift()
      await moveClock(dayEnd(lastDay, 'UTC'))
      const args = ['lib/domain/gate', 'expireGrants', '{}']
      const child = startProcess('lib/testing/run-verb.ts', args, { CRASH_AT: point })
      expect(await child.exit).toEqual({ code: null, stderr: '' })
      expect(await shown(accountId)).toMatchObject({ balance: '1.00' })
      await expireGrants(tester)
      expect(await expiries(accountId)).toMatchObject([{ amount: 5_000_000_000n }])
      await expectBooksToAgree()
    },
    longMs,
  )
})

describe('what the operator sets', () => {
  test('the signup credit is good for some days, bought credit for some months', async () => {
    Object.assign(process.env, { SIGNUP_CREDIT_DAYS: '30', PURCHASED_CREDIT_MONTHS: '12' })
    resetEnv()
    try {
      const { accountId } = await anAccount()
      await aPaidPurchase(accountId, parseMoney('10'))
      const boughtOn = new Date().toISOString().slice(0, 10)
      const grants = await listGrants(tester, { accountId })
      expect(grants.map(({ source, lastDay: day }) => [source, day])).toEqual([
        ['signup', '2026-12-21'],
        ['purchase', `${Number(boughtOn.slice(0, 4)) + 1}${boughtOn.slice(4)}`],
      ])
      await moveClock(new Date('2026-12-22T00:00:00Z'))
      await expireGrants(tester)
      expect((await statement(accountId))[0]).toBe('Signup credit expired -1.00')
      await expectBooksToAgree()
    } finally {
      Object.assign(process.env, { SIGNUP_CREDIT_DAYS: '', PURCHASED_CREDIT_MONTHS: '' })
      resetEnv()
    }
  })

  test('nothing: no credit expires', async () => {
    const { accountId } = await anAccount({ bought: '10' })
    expect((await listGrants(tester, { accountId })).map(({ expiresAt }) => expiresAt)).toEqual([null, null])
  })
})
