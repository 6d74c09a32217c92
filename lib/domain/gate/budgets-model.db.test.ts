/**
 * Budgets of keys and members at the gate: random requests of keys without order, budgets of every window that come and go, and
 * a clock that passes the ends of days, weeks, months and daylight saving, against a small model that knows no periods.
 */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { money, parseMoney } from '@/lib/core/money'
import { dayMs, hourMs } from '@/lib/core/time'
import { moveClock } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { aBudget, aDeveloper, anApiKey } from '@/lib/testing/api-keys'
import { anAccount, expectBooksToAgree, publishTestPrices, tester } from '@/lib/testing/builders'
import { aDatabaseInTest } from '@/lib/testing/database-in-test'
import { messagesOf, startProcesses } from '@/lib/testing/processes'
import { removeBudget, setMonthlyCap } from '../budgets'
import { type BudgetScope, type BudgetWindow, budgetWindows } from '../budgets/rules'
import { noUsageFacts, type UsageFacts } from '../usage/rules'
import {
  authorize,
  expireHolds,
  extend,
  openLease,
  recordUsage,
  release,
  releaseLease,
  reportProgress,
  settle,
  settleLease,
} from '.'

const database = aDatabaseInTest({ mode: 'demo' })

beforeAll(async () => {
  await publishTestPrices()
})

const model = 'gpt-oss-20b'
const nanosPerToken = 70n
/** One unit of the test's amounts: as many nanos as a million tokens cost. */
const unit = 1_000_000n * nanosPerToken
const dollars = (units: number) => (Number(units) * Number(unit)) / 1e9
const tokens = (units: number) => ({
  model: null,
  inputTokens: BigInt(Math.round(units * 1_000_000)),
  cachedInputTokens: 0n,
  outputTokens: 0n,
})
const holdSeconds = 5 * 3600

type Zone = { name: string; from: string }
/** Ends of months and daylight saving are near: a day of 23 hours, one of 25, one without midnight, and half hours. */
const zones: Zone[] = [
  { name: 'America/New_York', from: '2026-03-06T10:17:00Z' },
  { name: 'Europe/Berlin', from: '2026-10-23T10:17:00Z' },
  { name: 'Africa/Cairo', from: '2026-04-22T10:17:00Z' },
  { name: 'Asia/Kolkata', from: '2026-12-29T10:17:00Z' },
]

const key = fc.constantFrom(0, 1, 2, null)
const units = fc.integer({ min: 1, max: 9 })
const place = fc.nat({ max: 30 })
const subject = fc.constantFrom('key0', 'key1', 'key2', 'member0', 'member1')
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('authorize' as const), key, units }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('extend' as const), place, units }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('progress' as const), place, units }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('settle' as const), place, units }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), place }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('use' as const),
      key,
      units,
      beyondCredit: fc.constantFrom('refuse' as const, 'refuse' as const, 'record' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lease' as const), key, units }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('spend' as const), place, units, refillTo: fc.option(units) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('budget' as const),
      subject,
      window: fc.constantFrom(...budgetWindows),
      limit: fc.integer({ min: 0, max: 40 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), place }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('cap' as const), limit: fc.option(fc.integer({ min: 20, max: 200 })) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(2 * hourMs, 6 * hourMs, 22 * hourMs, 3 * dayMs),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

interface ModelHold {
  id: string
  kind: 'request' | 'lease'
  facts: UsageFacts
  held: bigint
  reported: bigint
  until: number
  isOpen: boolean
}

interface ModelBudget {
  scope: BudgetScope
  subjectId: string | null
  window: BudgetWindow
  limit: bigint
}

/** A limit as the model sees it. */
interface Limit extends ModelBudget {
  spent: bigint
  held: bigint
}

/** What was used, by whom and when; what a budget has spent is a sum of it, by the calendar of the zone. */
class Model {
  credit = 0n
  readonly used: { atMs: number; nanos: bigint; facts: UsageFacts }[] = []
  readonly holds: ModelHold[] = []
  readonly budgets = new Map<string, ModelBudget>()
  cap: bigint | null = null

  constructor(
    readonly zone: string,
    public atMs: number,
  ) {}

  private stretchOf(window: BudgetWindow, atMs: number): string {
    if (window === 'lifetime') return 'lifetime'
    const day = new Intl.DateTimeFormat('en-CA', { timeZone: this.zone, dateStyle: 'short' }).format(atMs)
    if (window === 'daily') return day
    if (window === 'monthly') return day.slice(0, 7)
    // Weeks by counting: day 4 of 1970 was the Sunday before a Monday.
    return String(Math.floor((Date.parse(day) / dayMs + 3) / 7))
  }

  private isOf({ scope, subjectId }: ModelBudget, { keyId, memberId }: UsageFacts): boolean {
    return scope === 'account' || subjectId === (scope === 'key' ? keyId : memberId)
  }

  spent(budget: ModelBudget): bigint {
    const stretch = this.stretchOf(budget.window, this.atMs)
    return this.used
      .filter(({ atMs, facts }) => this.isOf(budget, facts) && this.stretchOf(budget.window, atMs) === stretch)
      .reduce((sum, { nanos }) => sum + nanos, 0n)
  }

  held(budget: ModelBudget): bigint {
    return this.holds
      .filter(({ isOpen, facts }) => isOpen && this.isOf(budget, facts))
      .reduce((sum, { held }) => sum + held, 0n)
  }

  get balance(): bigint {
    return this.credit - this.used.reduce((sum, { nanos }) => sum + nanos, 0n)
  }

  /** The budgets that bind a request, as they stand. */
  limits(facts: UsageFacts): Limit[] {
    const cap: ModelBudget[] =
      this.cap === null ? [] : [{ scope: 'account', subjectId: null, window: 'monthly', limit: this.cap }]
    return [...cap, ...this.budgets.values()]
      .filter((budget) => this.isOf(budget, facts))
      .map((budget) => ({ ...budget, spent: this.spent(budget), held: this.held(budget) }))
  }

  affordable(facts: UsageFacts): bigint {
    const account: ModelBudget = { scope: 'account', subjectId: null, window: 'lifetime', limit: 0n }
    const lefts = this.limits(facts).map(({ limit, spent, held }) => limit - spent - held)
    const most = [this.balance - this.held(account), ...lefts].reduce((least, left) => (left < least ? left : least))
    return most < 0n ? 0n : most
  }

  use(facts: UsageFacts, nanos: bigint): void {
    if (nanos > 0n) this.used.push({ atMs: this.atMs, nanos, facts })
  }

  expire(): void {
    for (const hold of this.holds) {
      if (!hold.isOpen || hold.until > this.atMs) continue
      this.use(hold.facts, hold.reported)
      hold.isOpen = false
    }
  }
}

/** What a request was refused with, when it was; `null`: it was not. */
async function refusalOf(work: Promise<unknown>): Promise<Refusal | null> {
  try {
    await work
    return null
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

interface World {
  accountId: string
  keys: UsageFacts[]
  members: string[]
  model: Model
}

async function aWorld({ name, from }: Zone): Promise<World> {
  // The zone that is wanted counts from the next month on.
  await moveClock(new Date(Date.parse(from) - 40 * dayMs))
  const { accountId, userId } = await anAccount({ bought: '1000', hasPaymentMethod: true })
  await query('update accounts set next_time_zone = $2 where account_id = $1', [accountId, name])
  await moveClock(new Date(from))
  const members = [userId, (await aDeveloper(accountId)).userId]
  const keys: UsageFacts[] = []
  for (const memberId of [members[0]!, members[0]!, members[1]!]) keys.push((await anApiKey(accountId, memberId)).facts)
  const world = { accountId, keys, members, model: new Model(name, Date.parse(from)) }
  const [row] = await query<{ balance: bigint }>('select balance from account_balances where account_id = $1', [
    accountId,
  ])
  world.model.credit = row!.balance
  return world
}

async function play(world: World, step: Step): Promise<void> {
  const { accountId, keys, members, model: m } = world
  const factsOf = (key: number | null): UsageFacts => (key === null ? noUsageFacts : { ...keys[key]!, tag: `t${key}` })
  const open = (kind: ModelHold['kind'], place: number) => {
    const some = m.holds.filter((hold) => hold.kind === kind && hold.isOpen && hold.until > m.atMs)
    return some[place % some.length]
  }
  if (step.do === 'wait') {
    m.atMs += step.ms
    await moveClock(new Date(m.atMs))
    return
  }
  if (step.do === 'budget') {
    const scope = step.subject.startsWith('key') ? 'key' : 'member'
    const number = Number(step.subject.at(-1))
    const subjectId = scope === 'key' ? keys[number]!.keyId! : members[number]!
    await aBudget(accountId, scope, subjectId, step.window, String(dollars(step.limit)))
    const budget = { scope, subjectId, window: step.window, limit: BigInt(step.limit) * unit } as const
    m.budgets.set(`${scope}/${subjectId}/${step.window}`, budget)
    return
  }
  if (step.do === 'remove') {
    const [name, budget] = [...m.budgets][step.place % (m.budgets.size || 1)] ?? []
    if (!name || !budget) return
    const rows = await query<{ budget_id: string }>(
      `select budget_id from budgets where account_id = $1 and scope = $2 and subject_id = $3 and "window" = $4`,
      [accountId, budget.scope, budget.subjectId, budget.window],
    )
    await removeBudget(tester, { accountId, budgetId: rows[0]!.budget_id })
    m.budgets.delete(name)
    return
  }
  if (step.do === 'cap') {
    const limit = step.limit === null ? null : String(dollars(step.limit))
    await setMonthlyCap(tester, { accountId, limit, warnAtPercent: [80] })
    m.cap = step.limit === null ? null : BigInt(step.limit) * unit
    return
  }

  const size = 'units' in step ? BigInt(step.units) * unit : 0n
  switch (step.do) {
    case 'authorize':
    case 'lease': {
      m.expire()
      const facts = factsOf(step.key)
      const kind = step.do === 'lease' ? 'lease' : 'request'
      const idempotencyKey = newId()
      let id = ''
      const placed =
        kind === 'lease'
          ? openLease(tester, { accountId, idempotencyKey, amount: money(size), leaseSeconds: 3600, facts }).then(
              ({ lease }) => {
                id = lease.holdId
              },
            )
          : authorize(tester, {
              accountId,
              idempotencyKey,
              size: { maxCost: money(size), model },
              holdSeconds,
              facts,
            }).then(({ hold }) => {
              id = hold.holdId
            })
      expectAsModel(m, facts, size, await refusalOf(placed))
      const seconds = kind === 'lease' ? 3600 : holdSeconds
      if (id) m.holds.push({ id, kind, facts, held: size, reported: 0n, until: m.atMs + seconds * 1000, isOpen: true })
      return
    }
    case 'extend': {
      const hold = open('request', step.place)
      if (!hold) return
      m.expire()
      const total = hold.held + size
      const work = extend(tester, {
        accountId,
        holdId: hold.id,
        size: { maxCost: money(total) },
        holdSeconds: null,
        idempotencyKey: null,
      })
      const refusal = await refusalOf(work)
      expectAsModel(m, hold.facts, size, refusal, hold.held)
      if (!refusal) hold.held = total
      return
    }
    case 'progress': {
      const hold = open('request', step.place)
      if (!hold) return
      m.expire()
      const usage = { ...tokens(step.units), model }
      await reportProgress(tester, { accountId, holdId: hold.id, usage, holdSeconds: null })
      if (size > hold.reported) hold.reported = size
      return
    }
    case 'settle': {
      // Sometimes above the hold: recorded in full, whatever the budgets say.
      const hold = open('request', step.place)
      if (!hold) return
      m.expire()
      await settle(tester, { accountId, holdId: hold.id, settlement: { ...tokens(step.units), model } })
      hold.isOpen = false
      m.use(hold.facts, size)
      return
    }
    case 'release': {
      const request = open('request', step.place)
      const lease = open('lease', step.place)
      if (step.place % 3 === 0 && lease) {
        m.expire()
        await releaseLease(tester, { accountId, leaseId: lease.id })
        lease.isOpen = false
      } else if (request) {
        m.expire()
        await release(tester, { accountId, holdId: request.id })
        request.isOpen = false
      }
      return
    }
    case 'use': {
      m.expire()
      const facts = factsOf(step.key)
      const event = { ...tokens(step.units), model, eventId: newId(), occurredAt: null, facts }
      const [outcome] = await recordUsage(tester, { accountId, events: [event], beyondCredit: step.beyondCredit })
      const fits = size <= m.affordable(facts)
      expect(outcome!.status).toBe(fits || step.beyondCredit === 'record' ? 'accepted' : 'refused')
      if (outcome!.status === 'accepted') m.use(facts, size)
      return
    }
    case 'spend': {
      const lease = open('lease', step.place)
      if (!lease) return
      m.expire()
      const event = { ...tokens(step.units), model, eventId: newId(), occurredAt: null }
      const refillTo = step.refillTo === null ? null : BigInt(step.refillTo) * unit
      const { refill } = await settleLease(tester, {
        accountId,
        leaseId: lease.id,
        events: [event],
        refillTo: refillTo === null ? null : money(refillTo),
        leaseSeconds: null,
      })
      lease.held -= size < lease.held ? size : lease.held
      m.use(lease.facts, size)
      const more = refillTo === null ? 0n : refillTo - lease.held
      if (more <= 0n) return
      expect(refill === null).toBe(more <= m.affordable(lease.facts))
      if (!refill) lease.held += more
      return
    }
  }
}

/** What bound, over all runs: a model that never refuses proves nothing. */
const bound = new Set<string>()

/** What the gate said of `amount` more for the facts, which hold `already`, is what the model says; and it names what binds. */
function expectAsModel(m: Model, facts: UsageFacts, amount: bigint, refusal: Refusal | null, already = 0n): void {
  const most = m.affordable(facts)
  expect(refusal === null).toBe(amount <= most)
  if (!refusal) return
  expect(parseMoney(refusal.facts.max_affordable as string).nanos).toBe(most + already)
  if (refusal.code !== 'budget_reached' && refusal.code !== 'budget_held') return
  const short = m.limits(facts).filter(({ limit, spent, held }) => amount > limit - spent - held)
  const reached = short.filter(({ limit, spent }) => amount + already > limit - spent)
  expect(refusal.code).toBe(reached.length > 0 ? 'budget_reached' : 'budget_held')
  const candidates = reached.length > 0 ? reached : short
  const leftOf = ({ limit, spent, held }: Limit) => (reached.length > 0 ? limit - spent : limit - spent - held)
  const least = candidates.map(leftOf).reduce((a, b) => (b < a ? b : a))
  const named = refusal.facts.budget as { scope: string; window: string; subject_id: string | null }
  const found = candidates.find(
    ({ scope, window, subjectId }) =>
      scope === named.scope && window === named.window && subjectId === named.subject_id,
  )
  expect(found && leftOf(found)).toBe(least)
  expect(parseMoney(refusal.facts.spent as string).nanos).toBe(found!.spent)
  bound.add(`${refusal.code} ${named.scope} ${named.window}`)
}

/** The stored figures of every budget are the model's. A period that is over says nothing of the present one. */
async function expectBudgetsAsModel({ accountId, model: m }: World): Promise<void> {
  const rows = await query<{ name: string; held: bigint; spent: bigint; ends_at: Date }>(
    `select b.scope || '/' || b.subject_id || '/' || b."window" as name, b.held, p.spent, p.ends_at
       from budgets b
       join lateral (select * from budget_periods p where p.account_id = b.account_id and p.budget_id = b.budget_id order by p.period desc limit 1) p on true
      where b.account_id = $1 and b.scope <> 'account'`,
    [accountId],
  )
  expect(rows.map(({ name }) => name).sort()).toEqual([...m.budgets.keys()].sort())
  for (const { name, held, spent, ends_at } of rows) {
    const budget = m.budgets.get(name)!
    expect({ name, held }).toEqual({ name, held: m.held(budget) })
    const isOver = ends_at.getTime() <= m.atMs
    expect({ name, spent: isOver ? 0n : spent }).toEqual({ name, spent: m.spent(budget) })
  }
}

test('the gate decides as the model does, and its figures are the model’s, through every end of a period', {
  timeout: 280_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...zones),
      fc.array(step, { minLength: 30, maxLength: 60 }),
      async (zone, steps) => {
        const world = await aWorld(zone)
        for (const step of steps) await play(world, step)
        await expectBudgetsAsModel(world)
        // Nothing stays open when the clock goes elsewhere.
        await moveClock(new Date(world.model.atMs + dayMs))
        await expireHolds(tester)
      },
    ),
    { numRuns: 40, endOnFailure: true },
  )
  const seen = [...bound].map((what) => what.split(' '))
  expect(new Set(seen.map(([code]) => code))).toEqual(new Set(['budget_reached', 'budget_held']))
  expect(new Set(seen.map(([, scope]) => scope))).toEqual(new Set(['account', 'key', 'member']))
  expect(new Set(seen.map(([, , window]) => window))).toEqual(new Set(budgetWindows))
  await expectBooksToAgree()
})

test('a clock that steps back over the end of a day reopens no day: what comes then counts in the new one', async () => {
  const midnight = Date.parse('2026-06-02T00:00:00Z')
  await moveClock(new Date(midnight - 2 * hourMs))
  const { accountId, userId } = await anAccount({ bought: '10', hasPaymentMethod: true })
  const { keyId, facts } = await anApiKey(accountId, userId)
  await aBudget(accountId, 'key', keyId, 'daily', '1')
  const use = async () => {
    const event = { ...tokens(1), model, eventId: newId(), occurredAt: null, facts }
    await recordUsage(tester, { accountId, events: [event], beyondCredit: 'refuse' })
  }
  const { hold } = await authorize(tester, {
    accountId,
    idempotencyKey: newId(),
    size: { maxCost: money(unit), model },
    holdSeconds: 86_400,
    facts,
  })
  for (const ms of [-hourMs, hourMs, -hourMs / 2]) {
    await moveClock(new Date(midnight + ms))
    await use()
  }
  await settle(tester, { accountId, holdId: hold.holdId, settlement: { ...tokens(1), model } })
  const days = await query<{ period: string; spent: bigint }>(
    'select p.period, p.spent from budget_periods p join budgets b using (account_id, budget_id) where b.subject_id = $1 order by 1',
    [keyId],
  )
  expect(days).toEqual([
    { period: '2026-06-01', spent: unit },
    { period: '2026-06-02', spent: 3n * unit },
  ])
  await expectBooksToAgree()
})

interface Said {
  charged: string
  refusals: Record<string, number>
}

test('many processes with several keys never pass a budget of a key or a member, nor the cap', {
  timeout: 240_000,
}, async () => {
  await moveClock(new Date())
  const { accountId, userId } = await anAccount({ bought: '100', cap: '1.50', hasPaymentMethod: true })
  const other = await aDeveloper(accountId)
  const [first, second] = [await anApiKey(accountId, userId), await anApiKey(accountId, userId)]
  const third = await anApiKey(accountId, other.userId)
  await aBudget(accountId, 'key', first.keyId, 'daily', '0.60')
  await aBudget(accountId, 'key', second.keyId, 'lifetime', '0.50')
  await aBudget(accountId, 'member', userId, 'monthly', '0.90')
  await aBudget(accountId, 'member', other.userId, 'weekly', '0.80')
  const spenders = startProcesses(4, 'lib/testing/workers/spender.ts', [], {
    DATABASE_URL: database.url,
    ACCOUNT_IDS: accountId,
    FACTS: JSON.stringify([first.facts, second.facts, third.facts, noUsageFacts]),
    ROUNDS: '80',
    DATABASE_POOL_SIZE: '4',
  })
  let isDone = false
  const ended = Promise.all(spenders.map((spender) => spender.exit)).then(() => {
    isDone = true
  })
  let least = 0n
  while (!isDone) {
    const [row] = await query<{ left: bigint }>(
      `select min(b.limit_amount - p.spent - case b.scope when 'account' then a.held else b.held end)::bigint as left
         from budgets b join budget_periods p using (account_id, budget_id) join account_balances a using (account_id)
        where b.account_id = $1`,
      [accountId],
    )
    if (row!.left < least) least = row!.left
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await ended
  const said = (await messagesOf(spenders)) as Said[]
  expect(least).toBe(0n)
  expect(said.some(({ refusals }) => Object.keys(refusals).some((code) => code.startsWith('budget_')))).toBe(true)
  const [row] = await query<{ used: bigint }>(
    'select sum(amount)::bigint as used from usage_events where account_id = $1',
    [accountId],
  )
  expect(row!.used).toBe(said.reduce((sum, { charged }) => sum + parseMoney(charged).nanos, 0n))
  expect(row!.used).toBeLessThanOrEqual(1_500_000_000n)
  await expectBooksToAgree()
})
