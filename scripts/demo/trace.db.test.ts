import { beforeAll, expect, test } from 'vitest'
import { formatMoney, parseMoney, subtract } from '@/lib/core/money'
import { recordUsage } from '@/lib/domain/gate'
import { readBalance } from '@/lib/domain/ledger'
import { pool } from '@/lib/edges/db'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { readTrace } from './trace'

aDatabaseInTest()

beforeAll(async () => {
  await publishTestPrices()
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
