/** A pause by the monthly cap ends: the account is told so, once for each pause. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Actor } from '@/lib/core/actor'
import { newId } from '@/lib/core/ids'
import { moveClock } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { recordUsage } from '../gate'
import { askForMore, decideRequest, getMonth, setMonthlyCap, watchCaps } from '.'

aDatabaseInTest({ mode: 'demo' })

beforeAll(async () => {
  await publishTestPrices()
})

afterAll(async () => {
  await moveClock(new Date()).catch(() => {})
})

beforeEach(() => moveClock(new Date('2026-11-21T12:00:00Z')))
afterEach(() => expectBooksToAgree())

async function aCappedAccount(bought = '1000.00') {
  const { accountId, userId } = await anAccount({ bought, hasPaymentMethod: true })
  const owner: Actor = { kind: 'user', userId }
  const setCap = (limit: string | null) => setMonthlyCap(owner, { accountId, limit, warnAtPercent: [80] })
  await setCap('5.00')
  return { accountId, owner, setCap }
}

/** Usage of $0.95 for each of so many times. */
async function use(accountId: string, times: number): Promise<void> {
  const tokens = { inputTokens: BigInt(times) * 1_000_000n, cachedInputTokens: 0n, outputTokens: 0n }
  const event = { eventId: newId(), model: 'kimi-k2p7-code', occurredAt: null, ...tokens }
  const [outcome] = await recordUsage(tester, { accountId, events: [event], beyondCredit: 'record' })
  expect(outcome).toMatchObject({ status: 'accepted' })
}

const resumed = async (accountId: string) => {
  const rows = await query<{ because: string }>(
    `select facts->>'because' as because from notifications where account_id = $1 and kind = 'usage_resumed' order by created_at, cause`,
    [accountId],
  )
  return rows.map(({ because }) => because)
}

test('a cap that is raised tells it once, and again when it was reached again', async () => {
  const { accountId, setCap } = await aCappedAccount()
  await use(accountId, 5)
  await setCap('10.00')
  expect(await resumed(accountId)).toEqual([]) // It was near, not reached.
  await setCap('4.00')
  await setCap('4.50')
  expect(await resumed(accountId)).toEqual([]) // Raised, and still reached.
  await setCap('10.00')
  await setCap('20.00')
  expect(await resumed(accountId)).toEqual(['cap_raised'])
  await use(accountId, 18)
  await setCap(null)
  expect(await resumed(accountId)).toEqual(['cap_raised', 'cap_raised'])
  await setCap('30.00')
  expect(await watchCaps(tester)).toBe(0)
  expect(await resumed(accountId)).toHaveLength(2)
})

test('a cap that is raised because a member asked for it tells it, too', async () => {
  const { accountId, owner } = await aCappedAccount()
  await use(accountId, 6)
  const [budget] = await query<{ id: string }>(
    `select budget_id as id from budgets where account_id = $1 and scope = 'account'`,
    [accountId],
  )
  const { requestId } = await askForMore(owner, { accountId, budgetId: budget!.id, limit: '50', reason: '' })
  await decideRequest(owner, { accountId, requestId, decision: 'approve' })
  expect(await resumed(accountId)).toEqual(['cap_raised'])
})

test('a month that turns tells it once, also when nobody uses anything', async () => {
  const { accountId } = await aCappedAccount()
  const near = await aCappedAccount()
  await use(accountId, 6)
  await use(near.accountId, 5)
  expect(await watchCaps(tester)).toBe(0)
  await moveClock(new Date('2026-12-01T00:00:00Z'))
  expect(await watchCaps(tester)).toBe(1)
  expect(await watchCaps(tester)).toBe(0)
  await use(accountId, 1)
  expect(await watchCaps(tester)).toBe(0)
  expect(await resumed(accountId)).toEqual(['month_turned'])
  expect(await resumed(near.accountId)).toEqual([])
  await use(accountId, 6)
  await moveClock(new Date('2027-01-02T00:00:00Z'))
  await Promise.all([watchCaps(tester), watchCaps(tester)])
  expect(await resumed(accountId)).toEqual(['month_turned', 'month_turned'])
})

test('nobody is told while something else stops usage: no credit, a cap of nothing, the operator, an unpaid invoice', async () => {
  const poor = await aCappedAccount('5.00')
  const shut = await aCappedAccount()
  const suspended = await aCappedAccount()
  for (const { accountId } of [poor, shut, suspended]) await use(accountId, 7)
  await query('update accounts set suspended_at = now() where account_id = $1', [suspended.accountId])
  await poor.setCap('50.00')
  await suspended.setCap('50.00')
  await suspended.setCap('1.00')
  await query('update accounts set suspended_at = null, payment_paused_at = now() where account_id = $1', [
    suspended.accountId,
  ])
  await shut.setCap('0')
  await moveClock(new Date('2026-12-01T00:00:00Z'))
  expect(await watchCaps(tester)).toBe(0)
  for (const { accountId } of [poor, shut, suspended]) expect(await resumed(accountId)).toEqual([])
  expect((await getMonth(tester, suspended)).spent).toBe('0.00')
  await query('update accounts set payment_paused_at = null where account_id = $1', [suspended.accountId])
  expect(await watchCaps(tester)).toBe(1)
  expect(await resumed(suspended.accountId)).toEqual(['month_turned'])
  await expect(watchCaps(shut.owner)).rejects.toMatchObject({ code: 'not_allowed' })
})
