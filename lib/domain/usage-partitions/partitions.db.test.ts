import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { cents, money } from '@/lib/core/money'
import { dayMs, minuteMs, previousMonth } from '@/lib/core/time'
import { checkBooks } from '@/lib/domain/books'
import { authorize, expireHolds, openLease, recordUsage, reportProgress, settle, settleLease } from '@/lib/domain/gate'
import { moveClock } from '@/lib/edges/clock'
import { closeDatabase, query } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { aBudget, anApiKey } from '@/lib/testing/api-keys'
import { anAccount, aPaidPurchase, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabase, type TestDatabase } from '@/lib/testing/database'
import {
  exportMonth,
  listPartitions,
  makePartitions,
  makePartitionsAhead,
  planRetirement,
  retireMonth,
  verifyArchive,
} from '.'
import { monthOf, monthsFrom } from './rules'

let database: TestDatabase
let owner: pg.Client
let accountId: string
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'purse-archive-'))

const present = new Date()
const thisMonth = monthOf(present)
let first = thisMonth
for (let back = 0; back < 15; back++) first = previousMonth(first)
const [second, third] = monthsFrom(first, 3).slice(1) as [string, string]
const endOf = (month: string) => new Date(`${monthsFrom(month, 2)[1]}-01T00:00:00Z`).getTime()

beforeAll(async () => {
  database = await aDatabase()
  process.env.DATABASE_URL = database.url
  process.env.PURSE_MODE = 'demo'
  resetEnv()
  await publishTestPrices()
  owner = new pg.Client({ connectionString: database.url })
  await owner.connect()
  await usageSinceLongAgo()
}, 60_000)

afterAll(async () => {
  await owner.end()
  await closeDatabase()
  await database.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const event = (eventId: string) => ({
  eventId,
  model: 'gpt-oss-20b',
  inputTokens: 5001n,
  cachedInputTokens: 100n,
  outputTokens: 71n,
  occurredAt: null,
})
const report = (...ids: string[]) => recordUsage(tester, { accountId, events: ids.map(event), beyondCredit: 'record' })
const tokens = (inputTokens: bigint) => ({ model: null, inputTokens, cachedInputTokens: 0n, outputTokens: 10n })
const hold = async (seconds: number) =>
  (
    await authorize(tester, {
      accountId,
      idempotencyKey: newId(),
      size: { maxCost: money(50_000_000n), model: 'kimi-k2p7-code' },
      holdSeconds: seconds,
    })
  ).hold.holdId

/**
 * Fifteen months ago: usage in a zone whose days end at 18:30 UTC, a hold that is charged late in the next month, a lease that
 * spans both, and usage beyond credit. Then a little in each of the two months that follow, and today.
 */
async function usageSinceLongAgo(): Promise<void> {
  await moveClock(new Date(endOf(first) - 40 * dayMs))
  const account = await anAccount({ hasPaymentMethod: true })
  accountId = account.accountId
  await aPaidPurchase(accountId, cents(500))
  await query('update accounts set next_time_zone = $2 where account_id = $1', [accountId, 'Asia/Kolkata'])

  await moveClock(new Date(endOf(first) - 20 * dayMs))
  await report('a', newId(), newId())
  // A key whose budgets begin within an hour, and one of which spans the retired months.
  const { keyId, facts } = await anApiKey(accountId, account.userId)
  await aBudget(accountId, 'key', keyId, 'lifetime', '5')
  await aBudget(accountId, 'member', account.userId, 'daily', '5')
  const reportWithKey = (id: string) =>
    recordUsage(tester, {
      accountId,
      events: [{ ...event(id), facts: { ...facts, tag: 'search' } }],
      beyondCredit: 'record',
    })
  await reportWithKey('with a key')
  await settle(tester, { accountId, holdId: await hold(600), settlement: tokens(1000n) })
  await moveClock(new Date(endOf(first) - 10 * minuteMs))
  await report('in the first hours of the next local day')
  const late = await hold(60)
  await reportProgress(tester, { accountId, holdId: late, usage: tokens(500n), holdSeconds: null })
  const { lease } = await openLease(tester, {
    accountId,
    idempotencyKey: newId(),
    amount: money(20_000_000n),
    leaseSeconds: 3600,
  })
  const lent = (id: string) => ({
    accountId,
    leaseId: lease.holdId,
    events: [event(id)],
    refillTo: null,
    leaseSeconds: null,
  })
  await settleLease(tester, lent('lent before'))
  await moveClock(new Date(endOf(first) - 5 * minuteMs))
  await expireHolds(tester)

  await moveClock(new Date(endOf(first) + 5 * minuteMs))
  await settle(tester, { accountId, holdId: late, settlement: tokens(900n) })
  await settleLease(tester, lent('lent after'))
  await moveClock(new Date(endOf(first) + 10 * dayMs))
  await expireHolds(tester)
  await report('b')
  await reportWithKey('with a key later')
  await moveClock(new Date(endOf(second) - 2 * 60 * minuteMs))
  await recordUsage(tester, {
    accountId,
    events: [{ ...event('more than there is'), model: 'kimi-k2p7-code', inputTokens: 9_000_000n }],
    beyondCredit: 'record',
  })
  await moveClock(new Date(endOf(second) + 10 * dayMs))
  await aPaidPurchase(accountId, cents(1000))
  await report('c')
  await moveClock(present)
  await report('d')
}

async function exported(month: string, to = folder) {
  await owner.query('begin isolation level repeatable read read only')
  try {
    return await exportMonth(owner, { month, folder: to })
  } finally {
    await owner.query('rollback')
  }
}

const violated = async () =>
  (await checkBooks(owner)).filter(({ count }) => count > 0).map(({ invariant }) => invariant.id)
const isThere = async (month: string) =>
  (await listPartitions(owner)).some((line) => line.month === month && !line.state.startsWith('retired'))

test('months are made ahead once, by an operator or by the worker', async () => {
  const months = monthsFrom(thisMonth, 6)
  const { made } = await makePartitions(owner, { ahead: 5 })
  // The database had two months ahead when it was made: this month, or in the last minutes of the one before.
  expect([months.slice(3), months.slice(2)]).toContainEqual(made)
  expect((await makePartitions(owner, { ahead: 5 })).made).toEqual([])
  await owner.query(`drop table usage_events_${months[1]!.replace('-', '_')}`)
  expect((await makePartitionsAhead(tester)).made).toEqual([months[1]])
  expect((await makePartitionsAhead(tester)).made).toEqual([])
  await expect(makePartitionsAhead({ kind: 'visitor' })).rejects.toThrow('by the worker')
  await expectBooksToAgree()
})

test('the list names every month, its events and whether it may be retired', async () => {
  const lines = new Map((await listPartitions(owner)).map((line) => [line.month, line]))
  expect(lines.get(first)).toMatchObject({ events: 8n, state: 'may be retired' })
  expect(lines.get(thisMonth)).toMatchObject({ events: 1n, state: 'current' })
  expect(lines.get(monthsFrom(thisMonth, 2)[1]!)).toMatchObject({ events: 0n, state: 'ahead' })
})

test('a young month is not retired, and says from when on it may be', async () => {
  const plan = (before: string, evenYounger = false) => planRetirement(owner, { before, evenYounger })
  expect((await plan(third)).map(({ month }) => month)).toEqual([first, second])
  await expect(plan(monthsFrom(thisMonth, 2)[1]!)).rejects.toThrow(
    `${thisMonth} cannot be retired: a month is kept for 13 months`,
  )
  await expect(plan(monthsFrom(thisMonth, 2)[1]!, true)).rejects.toThrow('up to 90 days late')
  await exported(thisMonth)
  await expect(retireMonth(owner, { month: thisMonth, folder })).rejects.toThrow(
    'the current month and the two before it stay',
  )
  expect(await isThere(thisMonth)).toBe(true)
})

test('an archive that is not whole stops the retirement, and nothing is dropped', async () => {
  const to = path.join(folder, 'corrupt')
  const manifest = await exported(first, to)
  const file = path.join(to, manifest.file)
  const whole = fs.readFileSync(file)
  const attempt = () => retireMonth(owner, { month: first, folder: to })

  const flipped = Buffer.from(whole)
  flipped[20]! ^= 1
  fs.writeFileSync(file, flipped)
  await expect(attempt()).rejects.toThrow('is not whole')
  fs.writeFileSync(file, whole.subarray(0, whole.length / 2))
  await expect(attempt()).rejects.toThrow('is not whole')
  const lines = gunzipSync(whole).toString().trim().split('\n')
  fs.writeFileSync(file, gzipSync(`${lines.slice(1).join('\n')}\n`))
  await expect(attempt()).rejects.toThrow('is not whole')

  // Whole, but of other events: its manifest agrees with it, the database does not.
  fs.rmSync(path.join(to, `usage_events_${first}.manifest.json`))
  await owner.query('begin')
  await owner.query('set local session_replication_role = replica')
  await owner.query(`delete from usage_events where event_id = 'a'`)
  await exportMonth(owner, { month: first, folder: to })
  await owner.query('rollback')
  await expect(attempt()).rejects.toThrow('is not of the events in the database (events: 7 expected, 8 found)')

  expect(await isThere(first)).toBe(true)
  expect(await query('select 1 from retired_usage union all select 1 from retired_months')).toEqual([])
  await expectBooksToAgree()
})

test('a retired month leaves its archive and its sums, and the books still agree', async () => {
  for (const month of [first, second]) {
    await exported(month)
    await retireMonth(owner, { month, folder })
    expect(await isThere(month)).toBe(false)
    await expectBooksToAgree()
  }
  const { manifest, sums } = await verifyArchive({ month: first, folder })
  expect(sums.events).toBe(8n)
  const [kept] = await query(
    `select m.events, m.amount, m.archive, encode(m.archive_sha256, 'hex') as sha256, (select sum(amount) from retired_usage u where u.month = m.month)::bigint as total
       from retired_months m where to_char(month, 'YYYY-MM') = $1`,
    [first],
  )
  expect(kept).toEqual({
    events: 8n,
    amount: sums.amount,
    archive: manifest.file,
    sha256: manifest.sha256,
    total: sums.amount,
  })
  const lines = gunzipSync(fs.readFileSync(path.join(folder, manifest.file)))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.find((line) => line.event_id === 'a')).toMatchObject({
    account_id: accountId,
    model: 'gpt-oss-20b',
    input_tokens: 5001,
    source: null,
    key_id: null,
  })
  expect(lines.find((line) => line.event_id === 'with a key')).toMatchObject({
    key_id: expect.any(String),
    member_id: expect.any(String),
    tag: 'search',
  })
  expect((await listPartitions(owner)).slice(0, 2).map(({ month, events }) => [month, events])).toEqual([
    [first, 8n],
    [second, 5n],
  ])
  await expect(retireMonth(owner, { month: first, folder })).rejects.toThrow('does not exist')
})

test.each([
  [
    'I22',
    'a charge of a retired month',
    `update transfers set amount = amount + 1 where seq = (select min(seq) from transfers where kind = 'usage')`,
  ],
  ['I08', 'usage beyond a hold that nobody recorded', `update retired_usage set beyond_amount = 0`],
  [
    'B02',
    'a day of a retired month',
    `update usage_days set amount = amount + 1 where day = (select min(day) from usage_days)`,
  ],
  [
    'B02',
    'the day at the end of a retired month',
    `update usage_days set events = events + 1 where day = date_trunc('month', (select max(month) from retired_months) + interval '1 month')`,
  ],
  ['B04', 'a hold of a retired month', `update holds set charged = charged + 1 where state = 'settled'`],
  [
    'B07',
    'an hour of a retired month',
    `update usage_hours set input_tokens = input_tokens - 1 where hour = (select min(hour) from usage_hours)`,
  ],
  [
    'B14',
    'a budget that began in a retired month',
    `update budget_periods set spent = spent * 2 where period = 'lifetime'`,
  ],
  ['B08', 'retired usage of nobody', `update retired_usage set account_id = gen_random_uuid()`],
  ['B11', 'sums that were changed', `update retired_usage set amount = amount + 1`],
])('%s still finds %s', async (id, _what, sql) => {
  await owner.query('begin')
  try {
    await owner.query('set local session_replication_role = replica')
    const { rowCount } = await owner.query(sql)
    expect(rowCount).toBeGreaterThan(0)
    expect(await violated()).toContain(id)
  } finally {
    await owner.query('rollback')
  }
})

test('a request that is under way is waited for', { timeout: 30_000 }, async () => {
  await exported(third)
  const request = new pg.Client({ connectionString: database.url })
  await request.connect()
  await request.query('begin')
  await request.query('select count(*) from usage_events')
  let isRetired = false
  const retiring = retireMonth(owner, { month: third, folder }).then(() => {
    isRetired = true
  })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(isRetired).toBe(false)
  await request.query('commit')
  await retiring
  await request.end()
  expect(await isThere(third)).toBe(false)
  await expectBooksToAgree()
})

test('the programs cannot retire, and nobody changes what is kept', async () => {
  await expect(query(`insert into retired_months select * from retired_months`)).rejects.toThrow('permission denied')
  await expect(owner.query('update retired_usage set amount = 0')).rejects.toThrow('is append-only')
  await expect(owner.query('truncate retired_months')).rejects.toThrow('is append-only')
})

test('usage goes on, and a repeat of an event that is still there is known', async () => {
  const [known, forgotten] = await report('d', 'a')
  expect([known?.status, forgotten?.status]).toEqual(['duplicate', 'accepted'])
  await expectBooksToAgree()
})
