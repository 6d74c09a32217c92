/**
 * Random sequences of usage, settings, cards, faults, clock jumps and runs, alone and in parallel, against a small model: what
 * must hold of money, limits and declines after every step.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { cents, formatMoney } from '@/lib/core/money'
import { hourMs, minuteMs } from '@/lib/core/time'
import { moveClock } from '@/lib/edges/clock'
import { query } from '@/lib/edges/db'
import { publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import { aCustomerWithCard, aPlan, drainJobs, passTime, saveCard, savedCardOf, use } from '@/lib/testing/top-ups'
import { resumeAutoTopUp, runAutoTopUp, saveAutoTopUp, sweepAutoTopUps } from '.'
import { declinesBeforePause } from './declines'
import { guards } from './rules'

let world: MoneyIn
const worker = system('test')

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
  await world.control('POST', '/deliveries', { mode: 'drop' })
}, 120_000)
afterAll(async () => {
  await moveClock(new Date()).catch(() => {})
  await world.close()
})

const dollars = (whole: number) => formatMoney(cents(whole * 100))

type Step =
  | { kind: 'use'; dollars: number }
  | { kind: 'run'; atOnce: number }
  | { kind: 'sweep' }
  | { kind: 'wait'; ms: number }
  | { kind: 'card'; says: 'ok' | 'insufficient_funds' | 'lost_card' | 'authentication' }
  | { kind: 'new_card' }
  | { kind: 'resume' }
  | { kind: 'fault'; fault: string; count: number }
  | { kind: 'save'; isOn: boolean; minimum: number; amount: number; limit: number | null }

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('use' as const), dollars: fc.constantFrom(0.5, 3, 9, 25) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('run' as const), atOnce: fc.constantFrom(1, 1, 3) }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'sweep' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(minuteMs, 10 * minuteMs, hourMs, 7 * hourMs, 26 * hourMs),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('card' as const),
      says: fc.constantFrom('ok', 'ok', 'insufficient_funds', 'lost_card', 'authentication'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'new_card' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'resume' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fault' as const),
      fault: fc.constantFrom(
        'reset_before',
        'reset_after',
        'truncated_200',
        'http_429',
        'http_500',
        'http_409',
        'html_502',
      ),
      count: fc.constantFrom(1, 2, 4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('save' as const),
      isOn: fc.constantFrom(true, true, true, false),
      minimum: fc.constantFrom(0, 5, 40),
      amount: fc.constantFrom(5, 20),
      limit: fc.constantFrom(null, 30, 60),
    }),
  },
)

interface Scene {
  accountId: string
  actor: { kind: 'user'; userId: string }
  /** The highest limit that was ever set in the month, in cents; null: there was none for a while. */
  highestLimit: Map<string, number | null>
  limit: number | null
}

async function play(scene: Scene, step: Step): Promise<void> {
  const { accountId, actor } = scene
  switch (step.kind) {
    case 'use':
      return use(accountId, step.dollars)
    case 'run':
      await Promise.all(Array.from({ length: step.atOnce }, () => runAutoTopUp(worker, { accountId })))
      return
    case 'sweep':
      await sweepAutoTopUps(worker)
      return drainJobs(world)
    case 'wait':
      return passTime(world, step.ms)
    case 'card': {
      const says =
        step.says === 'ok'
          ? { ok: true }
          : step.says === 'authentication'
            ? { authentication_required: true }
            : { decline_code: step.says }
      return void (await world.control('POST', `/payment_methods/${await savedCardOf(accountId)}`, says))
    }
    case 'new_card':
      return void (await saveCard(world, accountId))
    case 'resume':
      return void (await resumeAutoTopUp(actor, { accountId }).catch(() => {}))
    case 'fault':
      return void (await world.control('POST', '/faults', {
        kind: step.fault,
        count: step.count,
        match: { path_prefix: '/v1/payment_intents' },
      }))
    case 'save':
      scene.limit = step.limit
      await saveAutoTopUp(actor, {
        accountId,
        ...aPlan({
          isOn: step.isOn,
          minimum: dollars(step.minimum),
          amount: dollars(step.amount),
          monthlyLimit: step.limit === null ? null : dollars(step.limit),
        }),
      })
  }
}

interface AttemptRow {
  state: string
  month: string
  cents: number
  card: string
  is_paid: boolean
  created_at: Date
  closed_at: Date | null
}

/** What must be true at every moment. */
async function expectToHold({ accountId, highestLimit, limit }: Scene): Promise<void> {
  const rows = await query<AttemptRow>(
    `select t.state, t.month, (t.amount / 10000000)::int as cents, t.card, p.state = 'paid' as is_paid, t.created_at, t.closed_at
       from auto_top_up_attempts t join purchases p using (account_id, purchase_id)
      where t.account_id = $1 order by t.created_at, t.attempt_id`,
    [accountId],
  )
  const isOpen = ({ state }: AttemptRow) => ['charging', 'unknown', 'requires_action'].includes(state)
  expect(rows.filter(isOpen).length).toBeLessThanOrEqual(1)
  expect(rows.every((row) => (row.state === 'succeeded') === row.is_paid)).toBe(true)

  for (const month of new Set(rows.map((row) => row.month))) {
    const known = highestLimit.get(month)
    const highest = known === null || limit === null ? null : Math.max(known ?? 0, limit * 100)
    highestLimit.set(month, highest)
    const charged = rows.filter((row) => row.month === month && (isOpen(row) || row.is_paid))
    if (highest !== null) expect(charged.reduce((sum, { cents }) => sum + cents, 0)).toBeLessThanOrEqual(highest)
  }

  const successes = rows.filter(({ state }) => state === 'succeeded').map((row) => row.closed_at!.getTime())
  for (const [index, at] of successes.entries()) {
    const day = successes.filter((other) => other <= at && other > at - 24 * hourMs)
    expect(day.length).toBeLessThanOrEqual(guards.successesADay)
    if (index > 0) expect(at - successes[index - 1]!).toBeGreaterThanOrEqual(guards.secondsBetweenSuccesses * 1000)
  }
  const [setting] = await query<{ n: number }>(
    'select consecutive_declines as n from auto_top_up_settings where account_id = $1',
    [accountId],
  )
  expect(setting!.n).toBeLessThanOrEqual(declinesBeforePause)
  const perCard = await query<{ n: number }>(
    `select count(*)::int as n from card_declines where fingerprint = any($1) group by fingerprint`,
    [[...new Set(rows.map(({ card }) => card))]],
  )
  for (const { n } of perCard) expect(n).toBeLessThanOrEqual(guards.declinesOfCardAMonth)
}

test('whatever happens in whatever order, no charge is doubled, lost, or beyond a limit', {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 8, maxLength: 24 }), async (sequence) => {
      await world.heal()
      const customer = await aCustomerWithCard(world)
      const scene: Scene = {
        accountId: customer.accountId,
        actor: customer.actor as Scene['actor'],
        highestLimit: new Map(),
        limit: null,
      }
      await play(scene, { kind: 'save', isOn: true, minimum: 5, amount: 20, limit: 60 })
      for (const step of sequence) {
        await play(scene, step)
        await expectToHold(scene)
      }
      await world.heal()
      for (let round = 0; round < 3; round++) {
        await passTime(world, 26 * hourMs)
        await sweepAutoTopUps(worker)
        await drainJobs(world)
      }
      await expectToHold(scene)
      await expectMoneyToAgree(world)
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS || 6), seed: Number(process.env.PROPERTY_SEED || 20_261_121) },
  )
})
