/** Forecasts and simulations of accounts with real histories; the simulator against the engine itself. */
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { system } from '@/lib/core/actor'
import { cents, formatMoney, type Money, money, parseMoney } from '@/lib/core/money'
import { addDays, dayKeyAt, dayMs, hourMs, minuteMs, monthEnd, monthKeyAt } from '@/lib/core/time'
import { saveAutoTopUp, sweepAutoTopUps } from '@/lib/domain/auto-top-up'
import { setMonthlyCap } from '@/lib/domain/budgets'
import { firstPeriod } from '@/lib/domain/budgets/rules'
import { readBalance } from '@/lib/domain/ledger'
import { moveClock, now } from '@/lib/edges/clock'
import { pool, query } from '@/lib/edges/db'
import { anAccount, publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import {
  aCustomerWithCard,
  aPlan,
  buyByHand,
  drainJobs,
  nanosPerToken,
  passTime,
  passTo,
  tryToUse,
  use,
} from '@/lib/testing/top-ups'
import { getForecast, getWhatIf, getWhatIfTerms, previewAutoTopUp, previewCap } from '.'
import { type Requests, type Scenario, Simulation } from './simulate'

let world: MoneyIn
const worker = system('test')

beforeAll(async () => {
  world = await aMoneyIn()
  await publishTestPrices()
}, 120_000)
afterAll(async () => {
  await moveClock(new Date()).catch(() => {})
  await world.close()
})
beforeEach(() => world.control('POST', '/deliveries', { mode: 'drop' }))
afterEach(async () => {
  await drainJobs(world)
  await expectMoneyToAgree(world)
})

/** Moves on to noon of a day of this month, or of the next one when that is over. */
const passToNoon = async (dayOfMonth: number) => {
  const at = await now()
  const here = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), dayOfMonth, 12))
  const next = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, dayOfMonth, 12))
  await passTo(world, here > at ? here : next)
}

const costOf = (tokens: number): Money => money(BigInt(tokens) * nanosPerToken)

describe('the simulator and the engine', () => {
  const gaps = [5 * minuteMs, 67 * minuteMs, 433 * minuteMs, 1541 * minuteMs]
  const scenarios = fc.record({
    isOn: fc.constantFrom(true, true, true, false),
    mode: fc.constantFrom('amount' as const, 'target' as const),
    minimum: fc.constantFrom('0.00', '5.00', '12.50'),
    amount: fc.constantFrom('5.00', '10.00', '17.77'),
    target: fc.constantFrom('20.00', '31.01'),
    monthlyLimit: fc.constantFrom(null, null, '18.00', '40.00'),
    cap: fc.constantFrom(null, null, '15.00', '60.00'),
    requests: fc.array(
      fc.record({ gapMs: fc.constantFrom(...gaps), tokens: fc.integer({ min: 1_000_000, max: 160_000_000 }) }),
      { minLength: 6, maxLength: 11 },
    ),
  })

  /** One in which something is refused, and bought, whatever chance makes of the others. */
  const bothHappen = {
    isOn: true,
    mode: 'amount' as const,
    minimum: '5.00' as const,
    amount: '5.00' as const,
    target: '20.00' as const,
    monthlyLimit: null,
    cap: null,
    requests: [160, 100, 160, 20].map((millions) => ({ gapMs: 67 * minuteMs, tokens: millions * 1_000_000 })),
  }

  test('a simulation comes to what the gate, auto top-up and Stripe came to, to the nano-dollar', {
    timeout: 400_000,
  }, async () => {
    const seen = { refused: 0, purchases: 0 }
    await fc.assert(
      fc.asyncProperty(scenarios, async ({ requests, cap, ...plan }) => {
        const { accountId, actor } = await aCustomerWithCard(world)
        if (cap) await setMonthlyCap(actor, { accountId, limit: cap, warnAtPercent: [] })
        const startsAt = await now()
        const starting = (await readBalance(pool(), accountId)).balance
        await saveAutoTopUp(actor, { accountId, ...plan })
        await drainJobs(world)

        const tried: Requests[] = []
        let refused = 0
        let at = startsAt
        for (const { gapMs, tokens } of requests) {
          at = new Date(at.getTime() + gapMs)
          await sweepUntil(accountId, at)
          tried.push({ at, amount: costOf(tokens), count: 1 })
          if (!(await tryToUse(accountId, BigInt(tokens)))) refused += 1
          await drainJobs(world)
        }

        const amountOf = (text: string | null) => (text === null ? null : parseMoney(text))
        const scenario: Scenario = {
          startingBalance: starting,
          cap: amountOf(cap),
          creditLimits: [],
          plan: {
            ...plan,
            minimum: parseMoney(plan.minimum),
            amount: parseMoney(plan.amount),
            target: parseMoney(plan.target),
            monthlyLimit: amountOf(plan.monthlyLimit),
          },
        }
        const simulation = new Simulation(scenario, {
          startsAt,
          endsAt: at,
          period: firstPeriod(startsAt, 'UTC'),
          smallestPurchase: cents(500),
          largestPurchase: cents(500_000),
          invoicesAsk: [],
        })
        for (const one of tried) simulation.request(one)
        const outcome = simulation.finish()

        const charged = await query<{ amount: bigint }>(
          `select amount from transfers where account_id = $1 and kind = 'auto_top_up' order by seq`,
          [accountId],
        )
        expect({
          refused: outcome.refused,
          purchases: outcome.purchases.map(({ amount }) => formatMoney(amount)),
          ending: formatMoney(outcome.ending),
        }).toEqual({
          refused,
          purchases: charged.map(({ amount }) => formatMoney(money(amount))),
          ending: formatMoney((await readBalance(pool(), accountId)).balance),
        })
        seen.refused += refused
        seen.purchases += charged.length
        await saveAutoTopUp(actor, { accountId, ...plan, isOn: false })
        await passTime(world, hourMs)
      }),
      { numRuns: 6, endOnFailure: true, examples: [[bothHappen]] },
    )
    expect(Math.min(seen.purchases, seen.refused)).toBeGreaterThan(0)
  })

  /** Lets the minutely sweep find what it would: what a guard of auto top-up lets through again, and a month that begins. */
  async function sweepUntil(accountId: string, until: Date): Promise<void> {
    for (;;) {
      const at = await now()
      const successes = await query<{ at: Date }>(
        `select closed_at as at from auto_top_up_attempts where account_id = $1 and state = 'succeeded'`,
        [accountId],
      )
      const waits = successes.flatMap((success) =>
        [minuteMs, dayMs, 30 * dayMs].map((ms) => new Date(success.at.getTime() + ms)),
      )
      const next = [...waits, monthEnd(monthKeyAt(at, 'UTC'), 'UTC')]
        .filter((instant) => instant > at && instant < until)
        .sort((a, b) => a.getTime() - b.getTime())[0]
      await passTo(world, next ?? until)
      if (!next) return
      await sweepAutoTopUps(worker)
      await drainJobs(world)
    }
  }
})

describe('the forecast', () => {
  test('begins with nothing, knows too little, then names days, and the day of the cap', async () => {
    const { accountId, actor } = await aCustomerWithCard(world)
    await buyByHand(world, { accountId, actor }, { amount: '49.00', saveCard: false })
    expect(await getForecast(actor, { accountId })).toMatchObject({ runsOut: { kind: 'no_usage' }, month: null })
    await passToNoon(2)
    for (let day = 0; day < 18; day++) {
      await use(accountId, 2)
      await passTime(world, dayMs)
      if (day === 3) {
        expect(await getForecast(actor, { accountId })).toMatchObject({
          runsOut: { kind: 'too_little', daysWithUsage: 4, daysNeeded: 5 },
          basis: null,
        })
      }
    }
    const today = dayKeyAt(await now(), 'UTC')
    const forecast = await getForecast(actor, { accountId })
    // $24 are left at noon: one dollar for the rest of today, two for each day after it.
    expect(forecast.runsOut).toEqual({
      kind: 'range',
      from: addDays(today, 12),
      middle: addDays(today, 12),
      to: addDays(today, 12),
      expiring: null,
    })
    expect(forecast.basis?.days).toBe(14)
    expect(Number(forecast.basis?.perDay)).toBeCloseTo(2, 5)
    expect(forecast.month?.capReached).toBeNull()

    await setMonthlyCap(actor, { accountId, limit: '40.00', warnAtPercent: [] })
    const capped = await getForecast(actor, { accountId })
    expect(capped.month!.capReached).toEqual({ from: addDays(today, 2), to: addDays(today, 2) })
    expect(capped.month!.expected.middle).toBe(capped.month!.expected.high)
    for (let day = 0; day < 3; day++) {
      await use(accountId, 2)
      await passTime(world, dayMs)
    }
    expect((await getForecast(actor, { accountId })).runsOutTested).toEqual({
      forecasts: 8,
      errorPercent: 0,
      insidePercent: expect.any(Number),
      daysAhead: 7,
    })
    const stranger = await anAccount()
    await expect(getForecast({ kind: 'user', userId: stranger.userId }, { accountId })).rejects.toMatchObject({
      code: 'not_found',
    })
  }, 60_000)
})

describe('what if', () => {
  test('with the settings as they were it comes to what happened; with others it does not', async () => {
    const { accountId, actor } = await aCustomerWithCard(world)
    await passToNoon(3)
    expect(await getWhatIfTerms(actor, { accountId })).toMatchObject({ months: {} })
    for (const dollars of [1, 2, 3, 1.5]) {
      await use(accountId, dollars)
      await passTime(world, 7 * hourMs)
    }
    await buyByHand(world, { accountId, actor }, { amount: '20.00', saveCard: false })
    await use(accountId, 9)
    await passToNoon(2)

    const { current, months } = await getWhatIfTerms(actor, { accountId })
    expect(Object.keys(months)).toEqual(['last'])
    expect(await getWhatIf(actor, { accountId, month: 'current', scenario: current })).toBeNull()
    const plain = await getWhatIf(actor, { accountId, month: 'last', scenario: current })
    const { outcome, reality } = plain!
    expect(plain!.exactness).toBe('requests')
    expect(outcome).toMatchObject({ ...reality, refused: 0, pausedMs: 0 })
    expect(reality.requests).toBe(5)
    expect(months.last!.opening).toBe('11.00')
    expect(reality.ending).toBe(formatMoney((await readBalance(pool(), accountId)).balance))

    const tryOut = async (changes: object) => {
      const asItWas = { startingBalance: null, byHand: 'keep', creditLimit: null } as const
      const scenario = { cap: null, plan: aPlan({ isOn: false }), ...asItWas }
      const answer = await getWhatIf(actor, { accountId, month: 'last', scenario: { ...scenario, ...changes } })
      return answer!.outcome
    }
    expect(await tryOut({ cap: '5.00' })).toMatchObject({
      refused: 2,
      refusedByCap: 2,
      refusedValue: '12.00000004',
    })
    expect(await tryOut({ byHand: 'drop' })).toMatchObject({ refused: 1, refusedByCap: 0 })
    expect((await tryOut({ byHand: 'drop', plan: aPlan() })).purchases.map(({ amount }) => amount)).toEqual([
      '10.00',
      '10.00',
    ])
    expect((await tryOut({ startingBalance: '100.00', byHand: 'drop' })).ending).toMatch(/^83\.49999/)
    await expect(tryOut({ cap: '-1' })).rejects.toMatchObject({ code: 'invalid_amount', facts: { field: 'cap' } })
    await expect(tryOut({ startingBalance: 'x' })).rejects.toMatchObject({ facts: { field: 'startingBalance' } })
    await expect(tryOut({ plan: aPlan({ amount: '1.00' }) })).rejects.toMatchObject({
      code: 'amount_too_small',
      facts: { field: 'amount' },
    })

    expect(await previewCap(actor, { accountId, limit: '5.00' })).toMatchObject({ wouldHavePaused: true })
    expect(await previewCap(actor, { accountId, limit: '50.00' })).toMatchObject({
      wouldHavePaused: false,
      pausedFrom: null,
    })
  }, 60_000)

  test('the preview of auto top-up replays the account’s own usage', async () => {
    const { accountId, actor } = await aCustomerWithCard(world)
    expect(await previewAutoTopUp(actor, { accountId, ...aPlan() })).toMatchObject({ usage: '0.00', purchases: [] })
    await use(accountId, 9)
    expect(await previewAutoTopUp(actor, { accountId, ...aPlan() })).toMatchObject({
      days: 30,
      usage: '9.00000003',
      purchases: [{ amount: '10.00' }],
      total: '10.00',
      wouldHavePaused: false,
    })
  })
})
