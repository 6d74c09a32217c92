/**
 * Random lives of an account (usage of keys, members and tags, free events, holds that settle, expire and settle late, leases,
 * debts that purchases pay later, refunds in between, changes of the time zone): every figure of the usage pages against the
 * ledger, to the nano.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { formatMoney, money, parseMoney } from '@/lib/core/money'
import { addDays, dayKeyAt, daysBetween, hourMs, minuteMs } from '@/lib/core/time'
import { moveClock, now } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { anAccount, aPaidPurchase, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aMoneyIn, type MoneyIn } from '@/lib/testing/money-in'
import { aPurchase, type Bought } from '@/lib/testing/take-backs'
import { passTime } from '@/lib/testing/top-ups'
import { createApiKey } from '../api-keys'
import { authorize, expireHolds, openLease, recordUsage, reportProgress, settle, settleLease } from '../gate'
import { refundPurchase } from '../refunds'
import { type ChargeDto, explainCharge, exportUsage, getUsageSeries, listUsageEvents, type UsageTotals } from '.'
import { groupings, type UsageFilters } from './explorer/rules'
import { noUsageFacts, type UsageFacts } from './rules'

let world: MoneyIn

beforeAll(async () => {
  world = await aMoneyIn()
  await world.control('POST', '/deliveries', { mode: 'drop' })
  await publishTestPrices()
}, 120_000)

afterAll(async () => {
  await moveClock(new Date()).catch(() => {})
  await world.close()
})

const models = ['kimi-k2p7-code', 'gpt-oss-20b', 'deepseek-v4-flash']
const tags = ['search', '=1+1', 'größer, "als"', null]

interface Life {
  accountId: string
  facts: UsageFacts[]
  purchases: Bought[]
  firstDay: string
}

async function aLife(): Promise<Life> {
  const { accountId, userId } = await anAccount()
  const keyOf = async (name: string) => {
    const { key } = await createApiKey(
      { kind: 'user', userId },
      { accountId, name, scopes: ['spend'], member: userId, expiresInDays: null },
    )
    return key.keyId
  }
  const keys = [await keyOf('Production'), await keyOf('Nightly, "batch"')]
  return {
    accountId,
    facts: [noUsageFacts, ...keys.map((keyId) => ({ keyId, memberId: userId, tag: null }))],
    purchases: [],
    firstDay: dayKeyAt(await now(), 'UTC'),
  }
}

const tokens = fc.record({
  inputTokens: fc.oneof(fc.constant(0n), fc.bigInt(1n, 3_000_000n)),
  cachedShare: fc.constantFrom(0n, 1n, 2n),
  outputTokens: fc.oneof(fc.constant(0n), fc.bigInt(1n, 400_000n)),
})

const used = (draw: { inputTokens: bigint; cachedShare: bigint; outputTokens: bigint }) => ({
  inputTokens: draw.inputTokens,
  cachedInputTokens: (draw.inputTokens * draw.cachedShare) / 2n,
  outputTokens: draw.outputTokens,
})

const place = fc.nat(1000)
const event = fc.record({ tokens, model: place, facts: place, tag: place })

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      events: fc.array(event, { minLength: 1, maxLength: 7 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const), tokens, facts: place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const), tokens, later: tokens, facts: place }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('lease' as const),
      events: fc.array(event, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('buy' as const), dollars: fc.integer({ min: 5, max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refund' as const), cents: fc.integer({ min: 50, max: 400 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 300 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      zone: fc.constantFrom('Asia/Tokyo', 'America/New_York', 'Asia/Kolkata'),
    }),
  },
)

/** Any hour of any day of a month: figures must not depend on when the test runs. */
const hoursAhead = fc.integer({ min: 24, max: 32 * 24 })

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const pick = <T>(items: T[], at: number): T => items[at % items.length]!

async function take(life: Life, taken: Step): Promise<void> {
  const { accountId } = life
  const factsAt = (at: number, tag = 3) => ({ ...pick(life.facts, at), tag: pick(tags, tag) })
  const reports = (events: { tokens: Parameters<typeof used>[0]; model: number; facts: number; tag: number }[]) =>
    events.map((drawn) => ({
      eventId: drawn.tag % 2 ? newId() : `request-${newId()}`,
      model: pick(models, drawn.model),
      ...used(drawn.tokens),
      occurredAt: null,
      facts: factsAt(drawn.facts, drawn.tag),
    }))
  switch (taken.do) {
    case 'report':
      await recordUsage(tester, { accountId, events: reports(taken.events), beyondCredit: 'record' })
      return
    case 'settle':
    case 'expire': {
      const size = { maxCost: money(1000n), model: models[0]! }
      const placed = await authorize(tester, {
        accountId,
        idempotencyKey: newId(),
        size,
        holdSeconds: 60,
        facts: factsAt(taken.facts),
      }).catch(() => null)
      if (!placed) return
      const { holdId } = placed.hold
      if (taken.do === 'settle') {
        await settle(tester, { accountId, holdId, settlement: { ...used(taken.tokens), model: null } })
        return
      }
      await reportProgress(tester, {
        accountId,
        holdId,
        usage: { ...used(taken.tokens), model: null },
        holdSeconds: null,
      })
      await passTime(world, 2 * minuteMs)
      await expireHolds(tester)
      await settle(tester, { accountId, holdId, settlement: { ...used(taken.later), model: null } })
      return
    }
    case 'lease': {
      const opened = await openLease(tester, {
        accountId,
        idempotencyKey: newId(),
        amount: money(5000n),
        leaseSeconds: 60,
      }).catch(() => null)
      if (!opened) return
      await settleLease(tester, {
        accountId,
        leaseId: opened.lease.holdId,
        events: reports(taken.events).map(({ facts: _, ...report }) => report),
        refillTo: null,
        leaseSeconds: null,
      })
      return
    }
    case 'buy':
      if (taken.dollars % 3 === 0) {
        await aPaidPurchase(accountId, parseMoney(`${taken.dollars}`), { discount: parseMoney('2.00') })
      } else life.purchases.push(await aPurchase(world, { accountId, amount: `${taken.dollars}.00` }))
      return
    case 'refund': {
      const purchase = life.purchases.pop()
      if (!purchase) return
      await refundPurchase(tester, {
        ...purchase,
        amount: formatMoney(money(BigInt(taken.cents) * 10_000_000n)),
        isBeyondUnused: true,
        reason: 'Goodwill',
      })
      return
    }
    case 'wait':
      await passTime(world, taken.hours * hourMs)
      return
    case 'move':
      await query('update accounts set next_time_zone = $2 where account_id = $1', [accountId, taken.zone])
  }
}

const nanosOf = (amount: string) => parseMoney(amount).nanos
const sumOf = (amounts: string[]) => amounts.reduce((total, amount) => total + nanosOf(amount), 0n)

async function ledgerSum(accountId: string): Promise<bigint> {
  const [row] = await query<{ total: bigint }>(
    `select coalesce(sum(amount), 0)::bigint as total from transfers where account_id = $1 and kind = 'usage'`,
    [accountId],
  )
  return row!.total
}

interface TestEvent {
  key: string
  seq: bigint | null
  amount: bigint
}

const eventsOf = (accountId: string) =>
  query<TestEvent>(
    'select event_key as key, transfer_seq as seq, amount from usage_events where account_id = $1 order by event_key',
    [accountId],
  )

async function wholeRange(life: Life): Promise<{ from: string; to: string }> {
  return { from: addDays(life.firstDay, -1), to: addDays(dayKeyAt(await now(), 'UTC'), 2) }
}

const counts = ({ events, inputTokens, cachedInputTokens, outputTokens }: UsageTotals) => [
  events,
  inputTokens,
  cachedInputTokens,
  outputTokens,
]
const sumCounts = (totals: UsageTotals[]) =>
  totals.map(counts).reduce((sum, next) => sum.map((count, at) => count + next[at]!), [0, 0, 0, 0])

/** Every grouping, by day and by hour, adds up to the ledger: cells, groups, totals, and the period before. */
async function expectSeriesToAgree(life: Life): Promise<void> {
  const { accountId } = life
  const range = await wholeRange(life)
  const total = await ledgerSum(accountId)
  const length = daysBetween(range.from, range.to) + 1
  for (const by of groupings) {
    const series = await getUsageSeries(tester, { accountId, ...range, by, step: 'day' })
    expect(nanosOf(series.totals.amount)).toBe(total)
    expect(sumOf(series.cells.map(({ amount }) => amount))).toBe(total)
    expect(sumOf(series.groups.map(({ totals }) => totals.amount))).toBe(total)
    expect(sumCounts(series.cells)).toEqual(counts(series.totals))
    expect(series.steps).toHaveLength(length)
    const after = { from: addDays(range.to, 1), to: addDays(range.to, length) }
    const next = await getUsageSeries(tester, { accountId, ...after, by, step: 'day' })
    expect(next.totals.amount).toBe('0.00')
    expect(next.previous).toEqual(series.totals)
  }
  let byHour = 0n
  for (let from = range.from; from <= range.to; from = addDays(from, 31)) {
    const end = addDays(from, 30)
    const to = end < range.to ? end : range.to
    const series = await getUsageSeries(tester, { accountId, from, to, by: 'key', step: 'hour' })
    expect(sumOf(series.cells.map(({ amount }) => amount))).toBe(nanosOf(series.totals.amount))
    expect(series.cells.every(({ step: at }) => series.steps.includes(at))).toBe(true)
    byHour += nanosOf(series.totals.amount)
  }
  expect(byHour).toBe(total)
}

/** The list of a day has exactly the events that the day's rollup counts, in every zone that the account had. */
async function expectDaysToAgree(life: Life): Promise<void> {
  const { accountId } = life
  const range = await wholeRange(life)
  const series = await getUsageSeries(tester, { accountId, ...range, by: 'model', step: 'day' })
  const busy = [...new Set(series.cells.map(({ step: day }) => day))]
  for (const day of busy.slice(0, 12)) {
    const cells = series.cells.filter(({ step: at }) => at === day)
    const listed = await listAll(accountId, { from: day, to: day })
    expect(listed.length).toBe(sumCounts(cells)[0])
    expect(sumOf(listed.map(({ amount }) => amount))).toBe(sumOf(cells.map(({ amount }) => amount)))
  }
}

async function listAll(accountId: string, range: { from: string; to: string }, filters: UsageFilters = {}) {
  const events = []
  let before: string | undefined
  for (;;) {
    const page = await listUsageEvents(tester, { accountId, ...range, filters, before })
    events.push(...page.events)
    if (!page.older) return events
    before = page.older
  }
}

/** Pages of events hold every event once, newest first, with any filter. */
async function expectListsToAgree(life: Life): Promise<void> {
  const { accountId } = life
  const range = await wholeRange(life)
  const all = await listAll(accountId, range)
  const known = await eventsOf(accountId)
  expect(all.map(({ eventKey }) => eventKey).sort()).toEqual(known.map(({ key }) => key))
  const instants = all.map(({ recordedAt }) => recordedAt)
  expect(instants).toEqual([...instants].sort().reverse())
  for (const filters of [
    { key: null },
    { tag: null },
    { tag: '=1+1' },
    { key: life.facts[1]!.keyId, model: models[1] },
  ]) {
    const listed = await listAll(accountId, range, filters)
    const series = await getUsageSeries(tester, { accountId, ...range, by: 'model', step: 'day', filters })
    expect(listed.length).toBe(series.totals.events)
    expect(sumOf(listed.map(({ amount }) => amount))).toBe(nanosOf(series.totals.amount))
  }
}

/** Every explanation adds up to its charge; those of a transfer to the transfer and, grant by grant, to its draws. */
async function expectExplanationsToAgree({ accountId }: Life): Promise<void> {
  const explained = new Map<bigint, ChargeDto[]>()
  const repaid = new Map<string, bigint>()
  let owed = 0n
  for (const { key, seq, amount } of await eventsOf(accountId)) {
    const charge = await explainCharge(tester, { accountId, eventKey: key })
    expect(nanosOf(charge.charge)).toBe(amount)
    expect(sumOf(charge.parts.map((part) => part.amount))).toBe(amount)
    expect(charge.difference).toBe('0.00')
    const already = charge.alreadyCharged ? nanosOf(charge.alreadyCharged.amount) : 0n
    expect(nanosOf(charge.rounded) - already).toBe(amount)
    expect(charge.transfer?.seq ?? null).toBe(seq === null ? null : seq.toString())
    expect(charge.budgets.map(({ scope }) => scope)).toContain('account')
    for (const part of charge.parts) {
      if (part.kind === 'owed') owed += nanosOf(part.amount)
      if (part.kind === 'repaid') {
        repaid.set(part.transferSeq, (repaid.get(part.transferSeq) ?? 0n) + nanosOf(part.amount))
      }
    }
    if (seq !== null) explained.set(seq, [...(explained.get(seq) ?? []), charge])
  }
  const draws = await query<{ seq: bigint; grant_id: string; amount: bigint }>(
    `select d.transfer_seq as seq, d.grant_id, d.amount from grant_draws d
       join transfers t on t.account_id = d.account_id and t.seq = d.transfer_seq where d.account_id = $1 and t.kind = 'usage'`,
    [accountId],
  )
  for (const [seq, charges] of explained) {
    const moved = charges[0]!.transfer!
    expect(sumOf(charges.map(({ charge }) => charge))).toBe(nanosOf(moved.amount))
    expect(moved.events).toBe(charges.length)
    for (const draw of draws.filter((candidate) => candidate.seq === seq)) {
      const parts = charges.flatMap((charge) =>
        charge.parts.filter((part) => part.kind === 'grant' && part.grant.grantId === draw.grant_id),
      )
      expect(sumOf(parts.map((part) => part.amount))).toBe(draw.amount)
    }
  }
  const [balance] = await query<{ balance: bigint }>('select balance from account_balances where account_id = $1', [
    accountId,
  ])
  expect(owed).toBeLessThanOrEqual(balance!.balance < 0n ? -balance!.balance : 0n)
  for (const [seq, nanos] of repaid) {
    const [row] = await query<{ most: bigint }>(
      'select least(amount, amount - balance_after)::bigint as most from transfers where account_id = $1 and seq = $2',
      [accountId, seq],
    )
    expect(nanos).toBeLessThanOrEqual(row!.most)
  }
}

async function readAll(chunks: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += chunk
  return text
}

/** Lines of a CSV file by their header. */
function parseCsv(text: string): Record<string, string>[] {
  const cells = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n)/g)]
  const lines: string[][] = [[]]
  for (const [, quoted, plain, end] of cells) {
    lines.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? '')
    if (end === '\r\n') lines.push([])
  }
  const [header, ...rows] = lines.filter((line) => line.length > 0)
  return rows.map((row) => Object.fromEntries(header!.map((name, at) => [name, row[at]!])))
}

/** Both files add up to the ledger. */
async function expectExportsToAgree(life: Life): Promise<void> {
  const { accountId } = life
  const range = await wholeRange(life)
  const total = await ledgerSum(accountId)
  const csv = await exportUsage(tester, { accountId, format: 'csv', ...range })
  const rows = parseCsv(await readAll(csv.chunks))
  const known = await eventsOf(accountId)
  expect(rows.map((row) => row.event_key).sort()).toEqual(known.map(({ key }) => key))
  expect(csv.rowCount).toBe(rows.length)
  expect(sumOf(rows.map((row) => row.amount!))).toBe(total)
  expect(rows.every((row) => !/^[=+\-@\t\r]/.test(row.tag!))).toBe(true)
  const focus = parseCsv(await readAll((await exportUsage(tester, { accountId, format: 'focus', ...range })).chunks))
  expect(sumOf(focus.map((row) => row.BilledCost!))).toBe(total)
  expect(sumOf(focus.map((row) => row.EffectiveCost!))).toBe(total)
  const series = await getUsageSeries(tester, { accountId, ...range, by: 'model', step: 'day' })
  const { inputTokens, cachedInputTokens, outputTokens } = series.totals
  const consumed = focus.reduce((sum, row) => sum + Number(row.ConsumedQuantity), 0)
  expect(consumed).toBe(inputTokens + cachedInputTokens + outputTokens)
  for (const row of focus) {
    if (row.ListUnitPrice === '') continue
    // A unit price times a quantity is the list cost, with every digit.
    const scaled = (text: string, digits: number) => {
      const [whole, fraction = ''] = text.split('.')
      return BigInt(whole! + fraction.padEnd(digits, '0'))
    }
    expect(scaled(row.ListUnitPrice!, 9) * scaled(row.PricingQuantity!, 6)).toBe(scaled(row.ListCost!, 15))
  }
}

describe('whatever happened to an account', () => {
  test('charts, lists, explanations and exports agree with its ledger to the nano', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(hoursAhead, fc.array(step, { minLength: 8, maxLength: 22 }), async (hours, steps) => {
        await moveClock(new Date(Date.now() + hours * hourMs))
        const life = await aLife()
        for (const taken of steps) await take(life, taken)
        await expectSeriesToAgree(life)
        await expectDaysToAgree(life)
        await expectListsToAgree(life)
        await expectExplanationsToAgree(life)
        await expectExportsToAgree(life)
      }),
      { numRuns: 12, endOnFailure: true },
    )
    await moveClock(new Date())
    await expectBooksToAgree(world.databaseUrl)
  })
})
