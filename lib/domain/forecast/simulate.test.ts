import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { add, formatMoney, isLess, type Money, money, most, negate, parseMoney, subtract, sum } from '@/lib/core/money'
import { hourMs, minuteMs } from '@/lib/core/time'
import type { TopUpPlan } from '../auto-top-up/rules'
import { firstPeriod } from '../budgets/rules'
import type { CreditLimitFrom } from '../contracts/rules'
import { type Outcome, type Requests, requestsOfHour, type Scenario, Simulation, type Terms } from './simulate'

const usd = (text: string) => parseMoney(text)
const startsAt = new Date('2026-10-01T00:00:00Z')
const endsAt = new Date('2026-11-01T00:00:00Z')
const plan: TopUpPlan = {
  isOn: true,
  minimum: usd('5.00'),
  mode: 'amount',
  amount: usd('10.00'),
  target: usd('50.00'),
  monthlyLimit: null,
}
const off: TopUpPlan = { ...plan, isOn: false }
const at = (text: string) => new Date(`2026-${text}Z`)

const terms: Terms = {
  startsAt,
  endsAt,
  period: firstPeriod(startsAt, 'UTC'),
  smallestPurchase: usd('5.00'),
  largestPurchase: usd('5000.00'),
  invoicesAsk: [],
}

function simulate(
  scenario: Partial<Scenario>,
  used: [string, string][],
  until = endsAt,
  invoicesAsk: Terms['invoicesAsk'] = [],
): Outcome {
  const simulation = new Simulation(
    { startingBalance: usd('20.00'), cap: null, plan: off, creditLimits: [], ...scenario },
    { ...terms, endsAt: until, invoicesAsk },
  )
  for (const [when, amount] of used) simulation.request({ at: at(when), amount: usd(amount), count: 1 })
  return simulation.finish()
}
const bought = ({ purchases }: Outcome) =>
  purchases.map((purchase) => `${purchase.at.toISOString().slice(5, 16)} ${formatMoney(purchase.amount)}`)

describe('credit', () => {
  test('a request that does not fit is refused, and usage stands still until one that does', () => {
    const outcome = simulate({}, [
      ['10-02T00:00', '15.00'],
      ['10-03T00:00', '6.00'],
      ['10-03T06:00', '6.00'],
      ['10-03T12:00', '5.00'],
    ])
    expect(outcome).toMatchObject({ accepted: 2, refused: 2, refusedByCap: 0, pausedMs: 12 * hourMs })
    expect(formatMoney(outcome.refusedValue)).toBe('12.00')
    expect([outcome.lowest, outcome.ending].map(formatMoney)).toEqual(['0.00', '0.00'])
  })

  test('auto top-up buys at the minimum, and usage goes on', () => {
    const outcome = simulate({ plan }, [
      ['10-02T00:00', '15.00'],
      ['10-03T00:00', '12.00'],
      ['10-04T00:00', '8.00'],
    ])
    expect(bought(outcome)).toEqual(['10-02T00:00 10.00', '10-03T00:00 10.00', '10-04T00:00 10.00'])
    expect(outcome).toMatchObject({ refused: 0, pausedMs: 0 })
    expect(formatMoney(outcome.ending)).toBe('15.00')
  })

  test('a balance that begins at the minimum is topped up at once', () => {
    expect(bought(simulate({ plan, startingBalance: usd('5.00') }, []))).toEqual(['10-01T00:00 10.00'])
  })

  test('a minute lies between two charges, and not more than five are made a day', () => {
    const small = { ...plan, minimum: usd('0.00'), amount: usd('5.00') }
    const used = Array.from({ length: 12 }, (_, place) => [`10-02T00:${place}`.replace(/:(\d)$/, ':0$1'), '5.00'])
    const outcome = simulate({ plan: small, startingBalance: usd('5.00') }, used as [string, string][])
    expect(bought(outcome)).toEqual([
      '10-02T00:00 5.00',
      '10-02T00:01 5.00',
      '10-02T00:02 5.00',
      '10-02T00:03 5.00',
      '10-02T00:04 5.00',
      '10-03T00:00 5.00',
    ])
    expect(outcome).toMatchObject({ refused: 6, heldBack: 'too_many_today' })
    expect(outcome.pauses).toEqual([{ from: at('10-02T00:06'), to: at('10-03T00:00'), because: 'credit' }])
  })

  test('the monthly limit clamps, then stops, and begins anew in the next month', () => {
    const limited = { ...plan, monthlyLimit: usd('16.00') }
    const outcome = simulate(
      { plan: limited, startingBalance: usd('5.00') },
      [
        ['10-02T00:00', '11.00'],
        ['10-03T00:00', '10.00'],
        ['10-04T00:00', '1.00'],
      ],
      at('11-02T00:00'),
    )
    expect(bought(outcome)).toEqual(['10-01T00:00 10.00', '10-02T00:00 6.00', '11-01T00:00 10.00'])
    expect(outcome.refused).toBe(1)
  })
})

describe('the cap', () => {
  test('stops usage until the month ends, and counts what it refused', () => {
    const outcome = simulate(
      { cap: usd('10.00') },
      [
        ['10-30T00:00', '8.00'],
        ['10-31T00:00', '3.00'],
        ['10-31T12:00', '2.00'],
        ['10-31T18:00', '0.01'],
        ['11-01T06:00', '3.00'],
      ],
      at('11-02T00:00'),
    )
    expect(outcome).toMatchObject({ accepted: 3, refused: 2, refusedByCap: 2 })
    expect(outcome.pauses).toEqual([
      { from: at('10-31T00:00'), to: at('10-31T12:00'), because: 'cap' },
      { from: at('10-31T18:00'), to: at('11-01T00:00'), because: 'cap' },
    ])
    expect(formatMoney(outcome.spent)).toBe('13.00')
  })

  test('nothing is bought that it would not let the account use', () => {
    const outcome = simulate({ plan, cap: usd('18.00') }, [['10-02T00:00', '16.00']])
    expect(bought(outcome)).toEqual([])
    expect(outcome.heldBack).toBe('cap_leaves_no_room')
  })
})

describe('a credit limit', () => {
  const byContract = (limit: string, from = startsAt): CreditLimitFrom => ({ from, limit: usd(limit) })

  test('lets usage go beyond credit and not beyond the limit, and buys nothing by itself', () => {
    const outcome = simulate({ plan, creditLimits: [byContract('30.00')] }, [
      ['10-02T00:00', '45.00'],
      ['10-03T00:00', '6.00'],
      ['10-04T00:00', '5.00'],
    ])
    expect(outcome).toMatchObject({ accepted: 2, refused: 1, refusedByCap: 0, heldBack: null })
    expect(bought(outcome)).toEqual([])
    expect(outcome.pauses).toEqual([{ from: at('10-03T00:00'), to: at('10-04T00:00'), because: 'creditLimit' }])
    expect([outcome.lowest, outcome.ending].map(formatMoney)).toEqual(['-30.00', '-30.00'])
  })

  test('of zero lets nothing go beyond credit, and auto top-up rests all the same', () => {
    const outcome = simulate({ plan, creditLimits: [byContract('0.00')] }, [
      ['10-02T00:00', '20.00'],
      ['10-03T00:00', '0.01'],
    ])
    expect(outcome).toMatchObject({ accepted: 1, refused: 1, purchases: [] })
    expect(outcome.pauses[0]).toMatchObject({ because: 'creditLimit' })
  })

  test('that begins within the month ends a pause for want of credit; at its end auto top-up is back', () => {
    const creditLimits = [byContract('10.00', at('10-05T00:00')), { from: at('10-20T00:00'), limit: null }]
    const outcome = simulate({ creditLimits, plan: { ...plan, minimum: usd('0.00') }, startingBalance: usd('2.00') }, [
      ['10-04T00:00', '3.00'],
      ['10-06T00:00', '4.00'],
      ['10-21T00:00', '1.00'],
    ])
    expect(outcome.pauses).toEqual([{ from: at('10-04T00:00'), to: at('10-05T00:00'), because: 'credit' }])
    expect(bought(outcome)).toEqual(['10-20T00:00 10.00'])
    expect(formatMoney(outcome.ending)).toBe('7.00')
  })

  test('that is raised ends a pause, that is lowered does not', () => {
    const creditLimits = [
      byContract('10.00'),
      byContract('5.00', at('10-06T00:00')),
      byContract('20.00', at('10-08T00:00')),
    ]
    const { pauses } = simulate({ creditLimits, startingBalance: usd('0.00') }, [
      ['10-02T00:00', '10.00'],
      ['10-05T00:00', '1.00'],
      ['10-09T00:00', '10.00'],
    ])
    expect(pauses).toEqual([{ from: at('10-05T00:00'), to: at('10-08T00:00'), because: 'creditLimit' }])
  })

  test('a debt that an invoice asks for is not bought off by itself, also after the contract', () => {
    const used: [string, string][] = [['10-02T00:00', '5.00']]
    const creditLimits = [byContract('10.00'), { from: at('10-05T00:00'), limit: null }]
    const scenario = { creditLimits, plan: { ...plan, minimum: usd('0.00') }, startingBalance: usd('0.00') }
    const open = { from: at('10-04T00:00'), until: null }
    expect(bought(simulate(scenario, used, endsAt, [open]))).toEqual([])
    expect(bought(simulate(scenario, used, endsAt, [{ ...open, until: at('10-09T00:00') }]))).toEqual([
      '10-09T00:00 10.00',
    ])
    expect(bought(simulate(scenario, used))).toEqual(['10-05T00:00 10.00'])
  })

  test('the cap stops usage first where it leaves less', () => {
    const outcome = simulate({ creditLimits: [byContract('30.00')], cap: usd('40.00') }, [
      ['10-02T00:00', '40.00'],
      ['10-03T00:00', '1.00'],
    ])
    expect(outcome).toMatchObject({ refused: 1, refusedByCap: 1 })
    expect(outcome.pauses[0]).toMatchObject({ because: 'cap' })
  })
})

test('of requests that are alike, those that fit run, and auto top-up goes on from there', () => {
  const small = { ...plan, minimum: usd('0.00'), amount: usd('6.00') }
  const run = (isOn: boolean) => {
    const scenario = { startingBalance: usd('1.00'), cap: null, plan: { ...small, isOn }, creditLimits: [] }
    const simulation = new Simulation(scenario, terms)
    for (const requests of requestsOfHour(startsAt, usd('40.00'), 400)) simulation.request(requests)
    return simulation.finish()
  }
  expect(run(false)).toMatchObject({ accepted: 10, refused: 390 })
  expect(run(true)).toMatchObject({ accepted: 310, refused: 90 })
  // Five on that day, and one when the next begins.
  expect(bought(run(true))).toHaveLength(6)
})

test('an hour of many requests is spread evenly and adds up', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: 1, max: 100_000 }), (nanos, count) => {
      const parts = requestsOfHour(startsAt, money(nanos), count)
      expect(sum(parts.map(({ amount }) => amount)).nanos).toBe(nanos)
      expect(parts.reduce((total, part) => total + part.count, 0)).toBe(count)
      expect(parts.length).toBeLessThanOrEqual(20)
      expect(parts.every((part) => part.at >= startsAt && part.at.getTime() < startsAt.getTime() + hourMs)).toBe(true)
    }),
  )
})

const usage: fc.Arbitrary<Requests[]> = fc
  .array(fc.record({ minutes: fc.integer({ min: 0, max: 2000 }), cents: fc.integer({ min: 0, max: 2000 }) }), {
    maxLength: 60,
  })
  .map((gaps) => {
    let ms = startsAt.getTime()
    return gaps.map(({ minutes, cents }) => {
      ms += minutes * minuteMs
      return { at: new Date(ms), amount: money(BigInt(cents) * 10_000_000n), count: 1 }
    })
  })
const amount = fc.integer({ min: 500, max: 10_000 }).map((cents): Money => money(BigInt(cents) * 10_000_000n))
const creditLimits: fc.Arbitrary<CreditLimitFrom[]> = fc
  .array(fc.record({ hours: fc.integer({ min: 0, max: 1500 }), limit: fc.option(amount) }), { maxLength: 4 })
  .map((all) =>
    all
      .map(({ hours, limit }) => ({ from: new Date(startsAt.getTime() + hours * hourMs), limit }))
      .sort((a, b) => a.from.getTime() - b.from.getTime()),
  )
const scenarios: fc.Arbitrary<Scenario> = fc.record({
  creditLimits,
  startingBalance: amount,
  cap: fc.option(amount),
  plan: fc.record({
    isOn: fc.boolean(),
    minimum: fc.constantFrom(usd('0.00'), usd('5.00'), usd('20.00')),
    mode: fc.constantFrom('amount' as const, 'target' as const),
    amount,
    target: amount.map((least) => add(least, usd('20.00'))),
    monthlyLimit: fc.option(amount),
  }),
})

test('money is never made or lost, no limit is passed, and nothing goes below zero further than by a credit limit', () => {
  fc.assert(
    fc.property(scenarios, usage, (scenario, used) => {
      const simulation = new Simulation(scenario, { ...terms, endsAt: at('12-31T00:00') })
      for (const requests of used) simulation.request(requests)
      const { spent, refusedValue, purchased, ending, lowest, purchases, pausedMs, accepted, refused } =
        simulation.finish()
      expect(add(spent, refusedValue)).toEqual(sum(used.map((requests) => requests.amount)))
      expect(ending).toEqual(subtract(add(scenario.startingBalance, purchased), spent))
      const limits = scenario.creditLimits.map(({ limit }) => limit ?? usd('0.00'))
      expect(isLess(lowest, negate(limits.reduce(most, usd('0.00'))))).toBe(false)
      expect(accepted + refused).toBe(used.length)
      expect(pausedMs === 0 || refused > 0).toBe(true)
      if (!scenario.plan.isOn) expect(purchases).toEqual([])
      const { monthlyLimit } = scenario.plan
      for (const month of ['10', '11', '12']) {
        const inMonth = sum(
          purchases.filter((one) => one.at.toISOString().slice(5, 7) === month).map((one) => one.amount),
        )
        if (monthlyLimit) expect(isLess(monthlyLimit, inMonth)).toBe(false)
      }
    }),
  )
})
