import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { cents, money } from '@/lib/core/money'
import { saveHeld } from '@/lib/domain/budgets'
import { readHolds, saveHolds } from '@/lib/domain/holds'
import { openBooks } from '@/lib/domain/ledger'
import { findEvents } from '@/lib/domain/usage'
import { closeDatabase, pinned, query, type Tx } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { anAccount, aPaidPurchase, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabase, type TestDatabase } from '@/lib/testing/database'
import { authorize, recordUsage, settle } from '.'
import { inLane } from './lanes'
import { readAccounts, readSubjectBudgets } from './store'

let database: TestDatabase

beforeAll(async () => {
  database = await aDatabase()
  process.env.DATABASE_URL = database.url
  resetEnv()
  await publishTestPrices()
})

afterAll(async () => {
  await expectBooksToAgree()
  await closeDatabase()
  await database.close()
})

const model = 'gpt-oss-20b'
const hold = (accountId: string, cost = 1_000_000n, idempotencyKey = newId()) =>
  authorize(tester, { accountId, idempotencyKey, size: { maxCost: money(cost), model }, holdSeconds: 600 })
const event = () => ({
  eventId: newId(),
  model,
  inputTokens: 100n,
  cachedInputTokens: 0n,
  outputTokens: 10n,
  occurredAt: null,
})
const use = (accountId: string) =>
  recordUsage(tester, { accountId, events: [event()], beyondCredit: 'refuse' }).then(([outcome]) => outcome?.status)

const count = async (sql: string, values: unknown[] = []) =>
  Number((await query<{ count: bigint }>(`select count(*) from ${sql}`, values))[0]?.count)

test('requests that wait together are one transaction: one ledger entry for many events', async () => {
  const { accountId } = await anAccount({ bought: '10' })
  await Promise.all(Array.from({ length: 300 }, () => use(accountId)))
  expect(await count('usage_events where account_id = $1', [accountId])).toBe(300)
  expect(await count(`transfers where account_id = $1 and kind = 'usage'`, [accountId])).toBeLessThan(30)
})

test('a request that breaks fails alone, and those around it are answered in their order', async () => {
  const { accountId } = await anAccount()
  const other = await anAccount()
  const order: string[] = []
  const say = (name: string) => inLane({ accountId, decide: () => order.push(name) })
  const broken = inLane({
    accountId,
    decide: () => {
      throw new TypeError('a bug')
    },
  })
  const settled = await Promise.allSettled([
    say('a'),
    use(other.accountId),
    broken,
    say('b'),
    hold(accountId),
    say('c'),
  ])
  expect(settled.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ])
  expect(settled[2]).toMatchObject({ reason: expect.objectContaining({ message: 'a bug' }) })
  expect(order.filter((name, index) => order.indexOf(name) === index)).toEqual(['a', 'b', 'c'])
})

test('what the database itself refuses fails alone too', async () => {
  const accounts = await Promise.all(Array.from({ length: 4 }, () => anAccount()))
  const requests = accounts.map(({ accountId }, index) =>
    recordUsage(tester, {
      accountId,
      // Nothing that a door lets through: more tokens than the column holds.
      events: [{ ...event(), model, inputTokens: index === 2 ? 3_000_000_000n : 100n }],
      beyondCredit: 'record',
    }),
  )
  const settled = await Promise.allSettled(requests)
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
})

test('an account whose row is locked makes nobody wait but itself', async () => {
  const locked = await anAccount()
  const others = await Promise.all(Array.from({ length: 5 }, () => anAccount()))
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    await client.query('begin')
    await client.query('select 1 from account_balances where account_id = $1 for update', [locked.accountId])
    let isAnswered = false
    // Twice: what comes while the account is set apart waits for it as well.
    const waiting = Promise.all([use(locked.accountId), hold(locked.accountId)]).finally(() => {
      isAnswered = true
    })
    for (let round = 0; round < 5; round++) {
      await Promise.all(others.map(({ accountId }) => use(accountId)))
    }
    const later = use(locked.accountId)
    expect(isAnswered).toBe(false)
    await client.query('commit')
    await Promise.all([waiting, later])
  } finally {
    await client.end()
  }
})

test('what another process changes is seen by the very next request', async () => {
  const { accountId } = await anAccount()
  await expect(hold(accountId, 2_000_000_000n)).rejects.toMatchObject({ code: 'credits_exhausted' })
  await aPaidPurchase(accountId, cents(500))
  await expect(hold(accountId, 2_000_000_000n)).resolves.toMatchObject({ isNew: true })
  await query('update accounts set suspended_at = now() where account_id = $1', [accountId])
  await expect(hold(accountId)).rejects.toMatchObject({ code: 'account_suspended' })
  await query('update accounts set suspended_at = null where account_id = $1', [accountId])
  await expect(hold(accountId)).resolves.toMatchObject({ isNew: true })
})

test('a connection that is cut in the middle costs no answered request, and the next ones run', async () => {
  const { accountId } = await anAccount({ bought: '10' })
  const keys = Array.from({ length: 200 }, () => newId())
  const answered = new Set<string>()
  const killer = setInterval(
    () =>
      void query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query like '%usage_events%'`,
      ).catch(() => {}),
    15,
  )
  try {
    await Promise.all(
      keys.map(async (key, index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 3))
        for (;;) {
          try {
            const placed = await hold(accountId, 1000n, key)
            const settlement = { model: null, inputTokens: 3n, cachedInputTokens: 0n, outputTokens: 0n }
            await settle(tester, { accountId, holdId: placed.hold.holdId, settlement })
            answered.add(key)
            return
          } catch (error) {
            if ((error as { code?: string }).code !== 'temporarily_unavailable') throw error
            await new Promise((resolve) => setTimeout(resolve, 20))
          }
        }
      }),
    )
  } finally {
    clearInterval(killer)
  }
  expect(answered.size).toBe(200)
  expect(await count(`usage_events where account_id = $1`, [accountId])).toBe(200)
})

/** Runs a store's statements as EXPLAIN, and gathers the plans. */
function explaining(client: pg.Client, plans: string[]): Tx {
  return {
    async query(text: string, values?: unknown[]) {
      const { rows } = await client.query(`explain ${text}`, values)
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
      return { rows: [], rowCount: 0, command: '', oid: 0, fields: [] }
    },
  }
}

describe('plans', () => {
  test.each(['empty tables', 'tables with rows'])('find every row by its whole key, in %s', async (what) => {
    const empty = await aDatabase()
    const client = new pg.Client({
      connectionString: what === 'empty tables' ? empty.url : database.url,
      options: pinned.map(([name, value]) => `-c ${name}=${value}`).join(' '),
    })
    await client.connect()
    try {
      await client.query('vacuum analyze')
      const plans: string[] = []
      const tx = explaining(client, plans)
      const accountId = newId()
      const key = { accountId, holdId: newId(), eventKey: newId() }
      await openBooks(tx, [accountId], { skipLocked: true })
      await readAccounts(tx, [accountId])
      await readHolds(tx, [key], [accountId], new Date())
      const subject = { accountId, scope: 'key' as const, subjectId: newId() }
      await readSubjectBudgets(tx, { subjects: [subject], holds: [key] }, [accountId], new Date())
      await saveHeld(tx, [])
      await findEvents(tx, [key])
      await saveHolds(tx, [])
      const all = plans.join('\n')
      expect(all).not.toMatch(/Seq Scan|Hash|Merge Join|Join Filter/)
      expect(all).toMatch(/Index Cond: \(\(account_id = w\w*\.account_id\) AND \(hold_id = w\w*\.hold_id\)\)/)
      expect(all).toMatch(/Index Cond: \(\(account_id = w\w*\.account_id\) AND \(expires_at <=/)
      expect(all).toMatch(
        /Index Cond: \(\(account_id = \w+\.account_id\) AND \(scope = \w+\.scope\) AND \(subject_id = \w+\.subject_id\)\)/,
      )
      // Accounts whose keys and members have no budgets: one look, and nothing more.
      expect(all).toMatch(/One-Time Filter: \(InitPlan \d+\)\.col1/)
      expect(plans.filter((plan) => plan.includes('usage_events_')).join()).not.toContain('Filter: (event_key')
    } finally {
      await client.end()
      await empty.close()
    }
  })
})
