import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { cents, parseMoney } from '@/lib/core/money'
import { minuteMs } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { pool, query } from '@/lib/edges/db'
import { downloadResponse } from '@/lib/http/download'
import { anAccount, aPaidPurchase, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { authorize, expireHolds, recordUsage, reportProgress, settle } from '../../gate'
import { explainCharge, exportUsage, listUsageEvents } from '..'
import { eventKeyOf } from '../event-key'

aDatabaseInTest({ mode: 'demo' })

beforeAll(async () => {
  await publishTestPrices()
})

afterAll(async () => {
  await moveClock(new Date())
  await expectBooksToAgree()
})

const model = 'kimi-k2p7-code'

/** At $0.95 for a million input tokens and $4.00 for a million output tokens. */
const event = (eventId: string, inputTokens: bigint, outputTokens = 0n) => ({
  eventId,
  model,
  inputTokens,
  cachedInputTokens: 0n,
  outputTokens,
  occurredAt: null,
})

describe('the explanation of a charge', () => {
  test('leads from tokens over the exact quotient to the credit, and to the receipt of what paid it later', async () => {
    const { accountId, userId } = await anAccount()
    const events = [event('first', 2_000_001n, 7n)]
    await recordUsage(tester, { accountId, events, beyondCredit: 'record' })
    const before = await explainCharge({ kind: 'user', userId }, { accountId, eventKey: eventKeyOf('first') })
    expect(before).toMatchObject({
      quotient: '1.90002895',
      rounded: '1.90002895',
      charge: '1.90002895',
      difference: '0.00',
      lines: [
        { tokenClass: 'input', tokens: 2_000_001, perMillion: '0.95', quotient: '1.90000095' },
        { tokenClass: 'cached_input', tokens: 0, quotient: '0.00' },
        { tokenClass: 'output', tokens: 7, perMillion: '4.00', quotient: '0.000028' },
      ],
      parts: [
        { kind: 'grant', amount: '1.00', grant: { source: 'signup', receipt: null } },
        { kind: 'owed', amount: '0.90002895' },
      ],
      budgets: [{ scope: 'account', window: 'monthly', limit: null, spent: '1.90002895' }],
    })
    // Two dollars are a gift of the code: the paid part arrives first and pays the debt.
    const { purchaseId } = await aPaidPurchase(accountId, parseMoney('5.00'), { discount: parseMoney('2.00') })
    const after = await explainCharge(tester, { accountId, eventKey: eventKeyOf('first') })
    expect(after.parts).toMatchObject([
      { kind: 'grant', amount: '1.00' },
      { kind: 'repaid', amount: '0.90002895', grant: { receipt: { purchaseId } } },
    ])
  })

  test('of a hold that expired and was settled late tells both charges, rounded as one request', async () => {
    const { accountId } = await anAccount()
    const size = { maxCost: cents(50), model }
    const { hold } = await authorize(tester, { accountId, idempotencyKey: newId(), size, holdSeconds: 60 })
    const usage = { model: null, inputTokens: 1001n, cachedInputTokens: 3n, outputTokens: 1n }
    await reportProgress(tester, { accountId, holdId: hold.holdId, usage, holdSeconds: null })
    await moveClock(new Date((await now()).getTime() + 2 * minuteMs))
    await expireHolds(tester)
    await settle(tester, {
      accountId,
      holdId: hold.holdId,
      settlement: { ...usage, inputTokens: 2003n, outputTokens: 5n },
    })
    const first = await explainCharge(tester, { accountId, eventKey: eventKeyOf(`hold:${hold.holdId}`) })
    const late = await explainCharge(tester, { accountId, eventKey: eventKeyOf(`late:${hold.holdId}`) })
    expect(first.alreadyCharged).toBeNull()
    expect(late.alreadyCharged).toEqual({ eventKey: first.event.eventKey, amount: first.charge })
    expect(late.event.source).toBe('late')
    expect(late.lines.map(({ tokens }) => tokens)).toEqual([2000, 3, 5])
    expect(late.difference).toBe('0.00')
    expect(parseMoney(first.charge).nanos + parseMoney(late.charge).nanos).toBe(parseMoney(late.rounded).nanos)
  })

  test('of what cost nothing says so, and moves nothing', async () => {
    const { accountId } = await anAccount()
    await recordUsage(tester, { accountId, events: [event('free', 0n)], beyondCredit: 'record' })
    const free = await explainCharge(tester, { accountId, eventKey: eventKeyOf('free') })
    expect(free).toMatchObject({ charge: '0.00', quotient: '0.00', transfer: null, parts: [] })
  })

  test('is for those who may read the account: its people, the gateway, its own keys with the scope', async () => {
    const [mine, other] = [await anAccount(), await anAccount()]
    const { accountId } = mine
    await recordUsage(tester, { accountId, events: [event('mine', 5n)], beyondCredit: 'record' })
    const asked = { accountId, eventKey: eventKeyOf('mine') }
    const apiKey = { kind: 'api_key' as const, keyId: newId() }
    await expect(
      explainCharge({ kind: 'service', keyId: 'gate', scopes: ['balance:read'] }, asked),
    ).resolves.toBeDefined()
    await expect(explainCharge({ ...apiKey, accountId, scopes: ['read'] }, asked)).resolves.toBeDefined()
    for (const actor of [
      { kind: 'visitor' as const },
      { kind: 'user' as const, userId: other.userId },
      { kind: 'service' as const, keyId: 'gate', scopes: ['usage:write'] },
      { ...apiKey, accountId, scopes: ['spend'] },
      { ...apiKey, accountId: other.accountId, scopes: ['read'] },
    ]) {
      await expect(explainCharge(actor, asked)).rejects.toMatchObject({ name: 'Refusal' })
    }
    const missing = { accountId: other.accountId, eventKey: asked.eventKey }
    await expect(explainCharge(tester, missing)).rejects.toMatchObject({ code: 'not_found' })
    await expect(explainCharge(tester, { accountId, eventKey: "' or true" })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('an export', () => {
  test('stops asking the database when its reader goes away', async () => {
    const { accountId } = await anAccount()
    const events = Array.from({ length: 5000 }, (_, place) => event(`event-${place}`, 1n))
    for (let from = 0; from < events.length; from += 500) {
      await recordUsage(tester, { accountId, events: events.slice(from, from + 500), beyondCredit: 'record' })
    }
    const today = (await now()).toISOString().slice(0, 10)
    const statements: string[] = []
    const send = pool().query
    pool().query = function (this: unknown, ...sent: unknown[]) {
      const [first] = sent as [string | { text: string }]
      statements.push(typeof first === 'string' ? first : first.text)
      return (send as (...values: unknown[]) => unknown).apply(this, sent)
    } as typeof send
    const batches = () => statements.filter((text) => text.includes('order by e.recorded_at, e.event_key')).length
    try {
      const file = await exportUsage(tester, { accountId, format: 'csv', from: today, to: today })
      expect(file.rowCount).toBe(5000)
      const reader = downloadResponse(file).body!.getReader()
      await reader.read()
      await reader.read()
      await reader.cancel()
      const asked = batches()
      expect(asked).toBeLessThan(3)
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(batches()).toBe(asked)
    } finally {
      pool().query = send
    }
    const whole = downloadResponse(await exportUsage(tester, { accountId, format: 'csv', from: today, to: today }))
    expect(whole.headers.get('x-row-count')).toBe('5000')
    expect(whole.headers.get('content-disposition')).toMatch(/^attachment; filename="usage-csv-/)
    expect((await whole.text()).trim().split('\r\n')).toHaveLength(5001)
  })
})

describe('a list of events', () => {
  test('keeps what a page shows, whatever is recorded later', async () => {
    const { accountId } = await anAccount({ bought: '10.00' })
    const record = (name: string, count: number) =>
      recordUsage(tester, {
        accountId,
        events: Array.from({ length: count }, (_, place) => event(`${name}-${place}`, 10n)),
        beyondCredit: 'record',
      })
    await record('old', 120)
    const day = (await now()).toISOString().slice(0, 10)
    const range = { accountId, from: day, to: day }
    const first = await listUsageEvents(tester, range)
    const second = await listUsageEvents(tester, { ...range, before: first.older! })
    await record('new', 60)
    expect(await listUsageEvents(tester, { ...range, before: first.older! })).toEqual(second)
    const [count] = await query<{ count: bigint }>('select count(*) from usage_events where account_id = $1', [
      accountId,
    ])
    expect(count!.count).toBe(180n)
    await expect(listUsageEvents(tester, { ...range, before: 'nowhere' })).rejects.toMatchObject({
      facts: { field: 'before' },
    })
  })
})
