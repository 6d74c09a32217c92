import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatMoney, parseMoney, subtract } from '@/lib/core/money'
import { recordUsage } from '@/lib/domain/gate'
import { readBalance } from '@/lib/domain/ledger'
import { closeDatabase, pool } from '@/lib/edges/db'
import { resetEnv } from '@/lib/edges/env'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabase, type TestDatabase } from '@/lib/testing/database'
import { readTrace } from './trace'

let database: TestDatabase

beforeAll(async () => {
  database = await aDatabase()
  process.env.DATABASE_URL = database.url
  resetEnv()
  await publishTestPrices()
})

afterAll(async () => {
  await closeDatabase()
  await database.close()
})

test('the trace has the totals that its source states', () => {
  const trace = readTrace()
  const total = (field: 'inputTokens' | 'outputTokens') => trace.reduce((sum, request) => sum + request[field], 0)
  expect([trace.length, total('inputTokens'), total('outputTokens')]).toEqual([8819, 18_059_974, 245_896])
})

test.each([
  ['kimi-k2p7-code', '18.1405593'],
  ['gpt-oss-20b', '1.33796698'],
])('charged in full at the prices of %s it costs exactly $%s', async (model, cost) => {
  const { accountId } = await anAccount({ bought: '50' })
  const events = readTrace().map((request, index) => ({
    eventId: `${index}`,
    model,
    inputTokens: BigInt(request.inputTokens),
    cachedInputTokens: 0n,
    outputTokens: BigInt(request.outputTokens),
    occurredAt: null,
  }))
  for (let from = 0; from < events.length; from += 1000) {
    await recordUsage(tester, { accountId, events: events.slice(from, from + 1000), beyondCredit: 'refuse' })
  }
  const { balance } = await readBalance(pool(), accountId)
  expect(formatMoney(subtract(parseMoney('51'), balance))).toBe(cost)
  await expectBooksToAgree()
})
