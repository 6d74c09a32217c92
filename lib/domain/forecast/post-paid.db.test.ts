/** Forecasts and simulations of accounts with a contract; the simulator against the engine itself. */
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Actor, system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { cents, formatMoney, type Money, money, parseMoney, subtract } from '@/lib/core/money'
import { addDays, dayKeyAt, dayMs, hourMs, minuteMs, monthEnd, monthKeyAt } from '@/lib/core/time'
import { saveAutoTopUp, sweepAutoTopUps } from '@/lib/domain/auto-top-up'
import { setMonthlyCap } from '@/lib/domain/budgets'
import { firstPeriod } from '@/lib/domain/budgets/rules'
import { changeContract, closeMonths, endContract, readCreditLimits, startContract } from '@/lib/domain/contracts'
import { readAskingTimes, sweepInvoices } from '@/lib/domain/invoices'
import { readBalance } from '@/lib/domain/ledger'
import { signedAmount, type TransferKind } from '@/lib/domain/ledger/rules'
import { moveClock, now } from '@/lib/edges/clock'
import { pool, query } from '@/lib/edges/db'
import { publishTestPrices } from '@/lib/testing/builders'
import { aMoneyIn, expectMoneyToAgree, type MoneyIn } from '@/lib/testing/money-in'
import { aPostPaidCustomer, invoicesOf, learn, payAtStripe } from '@/lib/testing/post-paid'
import {
  aCustomerWithCard,
  aPlan,
  buyByHand,
  drainJobs,
  nanosPerToken,
  type Plan,
  passTime,
  passTo,
  tryToUse,
  use,
} from '@/lib/testing/top-ups'
import { getForecast, getWhatIf, getWhatIfTerms, type ScenarioInput } from '.'
import { type Requests, Simulation } from './simulate'

let world: MoneyIn
const worker = system('test')
/** So long that no invoice is past due, whatever happens. */
const terms = { paymentTermsDays: 365, collection: 'send_invoice' } as const

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

const balanceOf = async (accountId: string): Promise<string> =>
  formatMoney((await readBalance(pool(), accountId)).balance)

type Step = { gapMs: number } & (
  | { do: 'use'; tokens: number }
  | { do: 'contract' | 'buy'; dollars: number }
  | { do: 'end' | 'turn' | 'pay' }
)

/** Does what a step says; what cannot be then is left out. */
async function play(step: Exclude<Step, { do: 'use' }>, accountId: string, actor: Actor): Promise<void> {
  try {
    if (step.do === 'contract') {
      const input = { accountId, creditLimit: `${step.dollars}`, ...terms }
      await changeContract(worker, input).catch((error) => {
        if (error instanceof Refusal && error.code === 'not_found') return startContract(worker, input)
        throw error
      })
    } else if (step.do === 'end') await endContract(worker, { accountId })
    else if (step.do === 'buy') {
      await buyByHand(world, { accountId, actor }, { amount: `${step.dollars}.00`, saveCard: false })
    } else if (step.do === 'turn') {
      await passTo(world, monthEnd(monthKeyAt(await now(), 'UTC'), 'UTC'))
      await closeMonths(worker)
    } else {
      const open = (await invoicesOf(accountId)).find(({ state }) => state === 'open')
      if (!open) return
      await payAtStripe(world, open.stripeInvoiceId!)
      await learn(accountId, open.invoiceId)
    }
  } catch (error) {
    if (!(error instanceof Refusal && (error.code === 'conflict' || error.code === 'not_found'))) throw error
  }
}

const millionTokens = fc.integer({ min: 1, max: 160 }).map((millions) => millions * 1_000_000)
const gapMs = fc.constantFrom(67 * minuteMs, 433 * minuteMs, 1541 * minuteMs)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('use' as const), gapMs, tokens: millionTokens }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('contract' as const), gapMs, dollars: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('buy' as const), gapMs, dollars: fc.integer({ min: 5, max: 20 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'turn' as const, 'pay' as const), gapMs }) },
)
const histories = fc.record({
  plan: fc.record({
    isOn: fc.boolean(),
    minimum: fc.constantFrom('0.00', '5.00'),
    monthlyLimit: fc.constantFrom(null, '18.00'),
  }),
  cap: fc.constantFrom(null, null, '30.00'),
  steps: fc.array(step, { minLength: 8, maxLength: 14 }),
})

const apart = 433 * minuteMs
const used = (dollars: number): Step => ({ gapMs: apart, do: 'use', tokens: Math.floor((dollars * 1e9) / 70) })
/** Prepaid with auto top-up, then everything that a contract can do, then prepaid with a debt, and at last without one. */
const everything = {
  plan: { isOn: true, minimum: '5.00' as const, monthlyLimit: null },
  cap: null,
  steps: [
    used(8),
    { gapMs: apart, do: 'contract', dollars: 10 },
    used(11),
    used(11),
    used(2),
    { gapMs: apart, do: 'contract', dollars: 20 },
    used(6),
    { gapMs: apart, do: 'turn' },
    { gapMs: apart, do: 'contract', dollars: 18 },
    used(6),
    { gapMs: apart, do: 'buy', dollars: 5 },
    used(6),
    { gapMs: apart, do: 'pay' },
    used(4),
    { gapMs: apart, do: 'end' },
    used(1),
    { gapMs: apart, do: 'pay' },
    used(3),
  ] as Step[],
}

describe('the simulator and the engine', () => {
  test('a simulation with the credit limits as they were comes to what the gate came to, to the nano-dollar', {
    timeout: 400_000,
  }, async () => {
    const seen = { refused: 0, purchases: 0, atLimit: 0, forCredit: 0 }
    await fc.assert(
      fc.asyncProperty(histories, async ({ plan: some, cap, steps }) => {
        await passTo(world, monthEnd(monthKeyAt(await now(), 'UTC'), 'UTC'))
        const { accountId, actor } = await aCustomerWithCard(world)
        if (cap) await setMonthlyCap(actor, { accountId, limit: cap, warnAtPercent: [] })
        const startsAt = await now()
        const startingBalance = (await readBalance(pool(), accountId)).balance
        const plan: Plan = aPlan(some)
        await saveAutoTopUp(actor, { accountId, ...plan })
        await drainJobs(world)

        const tried: Requests[] = []
        let refused = 0
        for (const one of steps) {
          await passTo(world, new Date((await now()).getTime() + one.gapMs))
          if (one.do === 'use') {
            const amount: Money = money(BigInt(one.tokens) * nanosPerToken)
            tried.push({ at: await now(), amount, count: 1 })
            if (!(await tryToUse(accountId, BigInt(one.tokens)))) refused += 1
          } else await play(one, accountId, actor)
          await drainJobs(world)
          await sweepInvoices(worker)
          await sweepAutoTopUps(worker)
          await drainJobs(world)
        }

        const endsAt = await now()
        const span = { startsAt, endsAt }
        const simulation = new Simulation(
          {
            startingBalance,
            cap: cap === null ? null : parseMoney(cap),
            plan: {
              ...plan,
              minimum: parseMoney(plan.minimum),
              amount: parseMoney(plan.amount),
              target: parseMoney(plan.target),
              monthlyLimit: plan.monthlyLimit === null ? null : parseMoney(plan.monthlyLimit),
            },
            creditLimits: await readCreditLimits(accountId, span),
          },
          {
            ...span,
            period: firstPeriod(startsAt, 'UTC'),
            smallestPurchase: cents(500),
            largestPurchase: cents(500_000),
            invoicesAsk: await readAskingTimes(accountId, span),
          },
        )
        const transfers = await query<{ at: Date; kind: TransferKind; amount: bigint }>(
          'select posted_at as at, kind, amount from transfers where account_id = $1 and posted_at > $2 order by seq',
          [accountId, startsAt],
        )
        const moves = transfers.filter(({ kind }) => kind !== 'usage' && kind !== 'auto_top_up')
        for (const one of tried) {
          while (moves[0] && moves[0].at <= one.at) {
            const { at, kind, amount } = moves.shift()!
            simulation.move(at, money(signedAmount(kind, amount)))
          }
          simulation.request(one)
        }
        for (const { at, kind, amount } of moves) simulation.move(at, money(signedAmount(kind, amount)))
        const outcome = simulation.finish()

        const charged = transfers.filter(({ kind }) => kind === 'auto_top_up')
        expect({
          refused: outcome.refused,
          purchases: outcome.purchases.map(({ amount }) => formatMoney(amount)),
          ending: formatMoney(outcome.ending),
        }).toEqual({
          refused,
          purchases: charged.map(({ amount }) => formatMoney(money(amount))),
          ending: await balanceOf(accountId),
        })
        seen.refused += refused
        seen.purchases += charged.length
        seen.atLimit += outcome.pauses.filter(({ because }) => because === 'creditLimit').length
        seen.forCredit += outcome.pauses.filter(({ because }) => because === 'credit').length
        await saveAutoTopUp(actor, { accountId, ...plan, isOn: false })
        await passTime(world, hourMs)
      }),
      { numRuns: 6, endOnFailure: true, examples: [[everything]] },
    )
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
  })
})

describe('what if', () => {
  test('a month with a contract is replayed as it was, and under another credit limit', async () => {
    const firstOfNextMonth = monthEnd(monthKeyAt(await now(), 'UTC'), 'UTC')
    await passTo(world, new Date(firstOfNextMonth.getTime() + 12 * hourMs))
    const { accountId, actor } = await aCustomerWithCard(world)
    await use(accountId, 2)
    await passTime(world, dayMs)
    await startContract(worker, { accountId, creditLimit: '40', ...terms })
    await passTime(world, dayMs)
    await use(accountId, 29)
    await passTime(world, dayMs)
    await changeContract(worker, { accountId, creditLimit: '60', ...terms })
    await use(accountId, 25)
    await passTime(world, dayMs)
    await play({ gapMs: 0, do: 'turn' }, accountId, actor)
    await drainJobs(world)
    await passTime(world, dayMs)
    await use(accountId, 5)
    await play({ gapMs: 0, do: 'pay' }, accountId, actor)
    await passTime(world, dayMs)

    const { mode, current, months } = await getWhatIfTerms(actor, { accountId })
    expect(mode).toBe('postpaid')
    expect(months.last!.creditLimits.map(({ limit }) => limit)).toEqual([null, '40.00', '60.00'])
    expect(months.current!.creditLimits).toEqual([{ from: firstInstant(months.current!.month), limit: '60.00' }])
    for (const month of ['last', 'current'] as const) {
      const plain = await getWhatIf(actor, { accountId, month, scenario: current })
      expect(plain!.outcome).toMatchObject({ ...plain!.reality, refused: 0, pausedMs: 0, purchases: [] })
    }
    const thisMonth = await getWhatIf(actor, { accountId, month: 'current', scenario: current })
    expect(thisMonth!.outcome.lowest).toMatch(/^-50\.0000/)
    expect(thisMonth!.outcome.ending).toBe(await balanceOf(accountId))
    // What the invoice brought comes as it did, also where purchases by hand are left out.
    const withoutByHand = { ...current, byHand: 'drop' as const }
    const dropped = await getWhatIf(actor, { accountId, month: 'current', scenario: withoutByHand })
    expect(dropped!.outcome.ending).toBe(thisMonth!.outcome.ending)

    const tryOut = async (changes: Partial<ScenarioInput>) =>
      (await getWhatIf(actor, { accountId, month: 'last', scenario: { ...current, ...changes } }))!
    const lower = await tryOut({ creditLimit: '30' })
    expect(lower.creditLimits).toEqual([{ from: lower.startsAt, limit: '30.00' }])
    expect(lower.outcome).toMatchObject({ accepted: 2, refused: 1, refusedByCap: 0, refusedValue: '25.00000006' })
    expect(lower.outcome.pauses).toMatchObject([{ because: 'creditLimit' }])
    // Auto top-up rests as long as a credit limit is tried, whatever it is.
    const plan = aPlan({ minimum: '20.00' })
    expect((await tryOut({ creditLimit: '0', plan })).outcome).toMatchObject({ refused: 2, purchases: [] })
    expect((await tryOut({ plan })).outcome.purchases).toHaveLength(1)
    // With the $10 that were bought at first.
    expect((await tryOut({ startingBalance: '-39', creditLimit: '40' })).outcome).toMatchObject({
      refused: 2,
      ending: expect.stringMatching(/^-31\.0000/),
    })

    const refusal = (creditLimit: string) => tryOut({ creditLimit }).catch(({ code, facts }) => [code, facts.field])
    expect(await refusal('-1')).toEqual(['invalid_amount', 'creditLimit'])
    expect(await refusal('1.005')).toEqual(['invalid_amount', 'creditLimit'])
    expect(await refusal('9999999')).toEqual(['amount_too_large', 'creditLimit'])
  }, 60_000)
})

const firstInstant = (month: string): string => new Date(`${month}-01T00:00:00Z`).toISOString()

describe('the forecast', () => {
  test('says when the credit limit is reached, from what usage, debt and holds leave of it', async () => {
    const { accountId, userId } = await aPostPaidCustomer({ creditLimit: '59' }, { world })
    const actor: Actor = { kind: 'user', userId }
    expect(await getForecast(actor, { accountId })).toMatchObject({ isPostPaid: true, runsOut: { kind: 'no_usage' } })
    await passTo(world, new Date(monthEnd(monthKeyAt(await now(), 'UTC'), 'UTC').getTime() + 12 * hourMs))
    for (let day = 0; day < 18; day++) {
      await use(accountId, 2)
      await passTime(world, dayMs)
      if (day === 3) {
        expect((await getForecast(actor, { accountId })).runsOut).toMatchObject({ kind: 'too_little' })
      }
    }
    const today = dayKeyAt(await now(), 'UTC')
    const forecast = await getForecast(actor, { accountId })
    // $36 are used, $1 of it was credit: at noon $24 are left of the limit, one for the rest of today and two for each day after it.
    expect(await balanceOf(accountId)).toMatch(/^-35\.0000/)
    const day = addDays(today, 12)
    expect(forecast.runsOut).toEqual({ kind: 'range', from: day, middle: day, to: day, expiring: null })

    await changeContract(worker, { accountId, creditLimit: '35.50', ...terms })
    expect((await getForecast(actor, { accountId })).runsOut).toMatchObject({ from: today, to: today })
    const left = subtract(cents(3550), parseMoney((await balanceOf(accountId)).slice(1)))
    expect(await tryToUse(accountId, left.nanos / nanosPerToken)).toBe(true)
    await endContract(worker, { accountId })
    expect(await getForecast(actor, { accountId })).toMatchObject({ isPostPaid: false, runsOut: { kind: 'used_up' } })
  }, 60_000)
})
