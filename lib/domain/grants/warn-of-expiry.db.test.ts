import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { parseMoney } from '@/lib/core/money'
import { addDays, dayEnd, minuteMs } from '@/lib/core/time'
import { authorize, settle } from '@/lib/domain/gate'
import { moveClock } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { messagesOf, startProcess, startProcesses } from '@/lib/testing/processes'
import { givePromotion, listGrants, warnOfExpiry } from '.'

aDatabaseInTest({ mode: 'demo' })
const start = new Date('2026-11-21T12:00:00Z')
const lastDay = '2026-12-31'
const longMs = 90_000

beforeAll(async () => {
  await publishTestPrices()
})
beforeEach(() => moveClock(start))
afterAll(async () => {
  await expectBooksToAgree()
})

async function anAccountIn(zone: string): Promise<string> {
  const { accountId } = await anAccount()
  await query('update accounts set time_zone = $2 where account_id = $1', [accountId, zone])
  await query('update budget_periods set time_zone = $2 where account_id = $1', [accountId, zone])
  return accountId
}

const give = (accountId: string, amount: string, expiresOn: string | null = lastDay) =>
  givePromotion(tester, { accountId, amount, expiresOn, reason: 'A gift', idempotencyKey: newId() })

/** What the account was told, the oldest first: amount and last day. */
const told = async (accountId: string) =>
  (
    await query<{ facts: { amount: string; lastDay: string; isToday: boolean } }>(
      `select facts from notifications where account_id = $1 and kind = 'credit_expiring' order by created_at, notification_id`,
      [accountId],
    )
  ).map(({ facts }) => `${facts.amount} ${facts.lastDay}${facts.isToday ? ' today' : ''}`)

/** Noon of a day in UTC, which is the same day in every zone used here but for those said. */
const noonOf = (day: string) => new Date(`${day}T12:00:00Z`)

test('30, 7 and 1 days before, once each, however often it is looked', async () => {
  const accountId = await anAccountIn('Europe/Paris')
  await give(accountId, '5.00')
  const sentOn: string[] = []
  for (let day = '2026-11-21'; day <= '2027-01-02'; day = addDays(day, 1)) {
    await moveClock(noonOf(day))
    const before = (await told(accountId)).length
    await warnOfExpiry(tester)
    await warnOfExpiry(tester)
    const after = (await told(accountId)).length
    for (let sent = before; sent < after; sent++) sentOn.push(day)
  }
  expect(sentOn).toEqual(['2026-12-02', '2026-12-25', '2026-12-31'])
  expect(await told(accountId)).toEqual([`5.00 ${lastDay}`, `5.00 ${lastDay}`, `5.00 ${lastDay} today`])
})

test.each([
  ['Australia/Lord_Howe', new Date('2026-12-01T13:00:00Z')],
  ['America/New_York', new Date('2026-12-02T05:00:00Z')],
  ['Pacific/Kiritimati', new Date('2026-12-01T10:00:00Z')],
])('the day is that of the account, in %s', async (zone, begins) => {
  const accountId = await anAccountIn(zone)
  await give(accountId, '5.00')
  await moveClock(new Date(begins.getTime() - minuteMs))
  await warnOfExpiry(tester)
  expect(await told(accountId)).toEqual([])
  await moveClock(begins)
  await warnOfExpiry(tester)
  expect(await told(accountId)).toEqual([`5.00 ${lastDay}`])
})

test('grants that expire on the same day are one mail; other days are others; what was given later is told by itself', async () => {
  const accountId = await anAccountIn('UTC')
  await give(accountId, '5.00')
  await give(accountId, '2.50')
  await give(accountId, '1.00', '2026-12-30')
  await moveClock(noonOf('2026-12-02'))
  await warnOfExpiry(tester)
  expect(await told(accountId)).toEqual([`1.00 2026-12-30`, `7.50 ${lastDay}`])
  await give(accountId, '3.00')
  await moveClock(noonOf('2026-12-25'))
  await warnOfExpiry(tester)
  expect((await told(accountId)).slice(2)).toEqual([`1.00 2026-12-30`, `10.50 ${lastDay}`])
})

test('only what is left is told of, and nothing when nothing is', async () => {
  const accountId = await anAccountIn('UTC')
  await give(accountId, '5.00', '2026-12-30')
  await give(accountId, '5.00')
  const { hold } = await authorize(tester, {
    accountId,
    idempotencyKey: newId(),
    size: { maxCost: parseMoney('7.00'), model: 'gpt-oss-20b' },
    holdSeconds: 600,
  })
  const settlement = { model: null, inputTokens: 100_000_000n, cachedInputTokens: 0n, outputTokens: 0n }
  await settle(tester, { accountId, holdId: hold.holdId, settlement })
  await moveClock(noonOf('2026-12-02'))
  await warnOfExpiry(tester)
  expect(await told(accountId)).toEqual([`3.00 ${lastDay}`])
})

test('a clock that jumps over several sends the most urgent; one given late gets those ahead', async () => {
  const accountId = await anAccountIn('UTC')
  await give(accountId, '5.00')
  await moveClock(noonOf('2026-12-28'))
  await warnOfExpiry(tester)
  expect(await told(accountId)).toEqual([`5.00 ${lastDay}`])
  const late = await anAccountIn('UTC')
  await give(late, '2.00')
  await warnOfExpiry(tester)
  expect(await told(late)).toEqual([])
  await moveClock(noonOf('2026-12-31'))
  await warnOfExpiry(tester)
  expect(await told(late)).toEqual([`2.00 ${lastDay} today`])
  expect(await told(accountId)).toEqual([`5.00 ${lastDay}`, `5.00 ${lastDay} today`])
  await moveClock(dayEnd(lastDay, 'UTC'))
  expect(await warnOfExpiry(tester)).toEqual({ warned: 0 })
})

test('the Credits page counts the same days', async () => {
  const accountId = await anAccountIn('America/New_York')
  const { grantId } = await give(accountId, '5.00')
  const days = async () =>
    (await listGrants(tester, { accountId })).find((grant) => grant.grantId === grantId)?.daysLeft
  expect(await days()).toBe(41)
  await moveClock(new Date('2026-12-31T04:59:00Z'))
  expect(await days()).toBe(2)
  await moveClock(new Date('2026-12-31T05:00:00Z'))
  expect(await days()).toBe(1)
})

test('eight processes at once tell each account once', { timeout: longMs }, async () => {
  const accounts = await Promise.all(Array.from({ length: 10 }, () => anAccountIn('UTC')))
  for (const accountId of accounts) await give(accountId, '5.00')
  await moveClock(noonOf('2026-12-25'))
  const args = ['lib/domain/grants', 'warnOfExpiry', '{}']
  await messagesOf(startProcesses(8, 'lib/testing/run-verb.ts', args))
  for (const accountId of accounts) expect(await told(accountId)).toEqual([`5.00 ${lastDay}`])
})

test('kill -9 before the commit: told by the next look, once', { timeout: longMs }, async () => {
  const accountId = await anAccountIn('UTC')
  await give(accountId, '5.00')
  await moveClock(noonOf('2026-12-25'))
  const args = ['lib/domain/grants', 'warnOfExpiry', '{}']
  const child = startProcess('lib/testing/run-verb.ts', args, { CRASH_AT: 'expiry-warning:before-commit' })
  expect(await child.exit).toEqual({ code: null, stderr: '' })
  await warnOfExpiry(tester)
  expect(await told(accountId)).toEqual([`5.00 ${lastDay}`])
})

test('only the worker warns', async () => {
  await expect(warnOfExpiry({ kind: 'user', userId: newId() })).rejects.toMatchObject({ code: 'not_allowed' })
})
