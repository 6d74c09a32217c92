import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  formatMoney,
  isLess,
  isMore,
  type Money,
  money,
  most,
  parseMoney,
  subtract,
  wholeCents,
} from '@/lib/core/money'
import { dayMs, secondMs } from '@/lib/core/time'
import { decideTopUp, stateOf, type TopUpDecision, type TopUpFacts, type TopUpSetting } from './rules'

const usd = (text: string) => parseMoney(text)
const at = new Date('2026-11-21T12:00:00Z')
const before = (ms: number) => new Date(at.getTime() - ms)

const aSetting = (changes: Partial<TopUpSetting> = {}): TopUpSetting => ({
  isOn: true,
  minimum: usd('5.00'),
  mode: 'amount',
  amount: usd('10.00'),
  target: usd('50.00'),
  monthlyLimit: null,
  consecutiveDeclines: 0,
  coolingUntil: null,
  pausedReason: null,
  cardInTrouble: null,
  ...changes,
})

const someFacts = (changes: Partial<TopUpFacts> = {}): TopUpFacts => ({
  at,
  available: usd('4.00'),
  pending: usd('0'),
  hasOpenAttempt: false,
  hasPaymentMethod: true,
  isAccountSuspended: false,
  isStoppedByOperator: false,
  isBreakerTripped: false,
  isDryRun: false,
  hasRefundOrDispute: false,
  chargedThisMonth: usd('0'),
  capHeadroom: null,
  successes: [],
  isLatestSuccessCredited: true,
  declinesOfCard: 0,
  chargesOfCardInFlight: 0,
  smallestPurchase: usd('5.00'),
  largestPurchase: usd('5000.00'),
  ...changes,
})

/** The most that counts as used up. */
const lastFraction = usd('0.009999999')

const said = (decision: TopUpDecision) => (decision.kind === 'charge' ? formatMoney(decision.amount) : decision.because)

const table: [sentence: string, setting: Partial<TopUpSetting>, facts: Partial<TopUpFacts>, answer: string][] = [
  ['it is off', { isOn: false }, {}, 'off'],
  ['credit is above the minimum', {}, { available: usd('5.000000001') }, 'enough'],
  ['credit is at the minimum', {}, { available: usd('5.00') }, '10.00'],
  ['credit is below the minimum', {}, { available: usd('4.99') }, '10.00'],
  ['credit is below zero', {}, { available: usd('-3.20') }, '10.00'],
  ['the gap is larger than a step', { minimum: usd('100.00') }, { available: usd('5.00') }, '100.00'],
  ['whole steps end exactly at the minimum', { minimum: usd('100.00') }, { available: usd('0') }, '110.00'],
  ['a minimum of zero is reached', { minimum: usd('0') }, { available: usd('0') }, '10.00'],
  [
    'less than a cent is left above a minimum of zero',
    { minimum: usd('0') },
    { available: usd('0.009999999') },
    '10.00',
  ],
  ['a cent is left above a minimum of zero', { minimum: usd('0') }, { available: usd('0.01') }, 'enough'],
  ['it brings to a target', { mode: 'target' }, { available: usd('4.00') }, '46.00'],
  ['the target is not whole cents away', { mode: 'target' }, { available: usd('3.999999999') }, '46.01'],
  ['the target is nearer than the smallest purchase', { mode: 'target', target: usd('6.00') }, {}, '5.00'],
  ['the gap is above the largest purchase', { mode: 'target', target: usd('9000.00') }, {}, '5000.00'],
  ['credit on its way is enough', {}, { pending: usd('2.00') }, 'enough'],
  ['credit on its way closes part of the gap', { mode: 'target' }, { pending: usd('1.00') }, '45.00'],
  ['a charge is in flight', {}, { hasOpenAttempt: true }, 'in_progress'],
  ['the operator has stopped it', {}, { isStoppedByOperator: true }, 'stopped_by_operator'],
  ['the account is suspended', {}, { isAccountSuspended: true }, 'account_suspended'],
  ['it is paused', { pausedReason: 'declines' }, {}, 'paused'],
  ['it is cooling', { coolingUntil: new Date(at.getTime() + 1) }, {}, 'cooling'],
  ['cooling is just over', { coolingUntil: at }, {}, '10.00'],
  ['there is no card', {}, { hasPaymentMethod: false }, 'no_payment_method'],
  ['the card was declined seven times in 30 days', {}, { declinesOfCard: 7 }, '10.00'],
  ['the card was declined eight times in 30 days', {}, { declinesOfCard: 8 }, 'card_declined_too_often'],
  [
    'the last credit is missing',
    {},
    { successes: [before(dayMs)], isLatestSuccessCredited: false },
    'previous_credit_missing',
  ],
  ['the last success was 59 s ago', {}, { successes: [before(59 * secondMs)] }, 'too_soon'],
  ['the last success was 60 s ago', {}, { successes: [before(60 * secondMs)] }, '10.00'],
  ['there were four today', {}, { successes: times(4, before(dayMs - 1)) }, '10.00'],
  ['there were five today', {}, { successes: times(5, before(dayMs - 1)) }, 'too_many_today'],
  ['there were five, a day ago', {}, { successes: times(5, before(dayMs)) }, '10.00'],
  ['there were twenty in 30 days', {}, { successes: times(20, before(2 * dayMs)) }, 'too_many_this_month'],
  ['the limit leaves enough', { monthlyLimit: usd('100.00') }, { chargedThisMonth: usd('90.00') }, '10.00'],
  ['the limit leaves a part', { monthlyLimit: usd('100.00') }, { chargedThisMonth: usd('92.50') }, '7.50'],
  [
    'the limit leaves less than the smallest purchase',
    { monthlyLimit: usd('100.00') },
    { chargedThisMonth: usd('95.01') },
    'over_monthly_limit',
  ],
  [
    'the limit was lowered below what was bought',
    { monthlyLimit: usd('50.00') },
    { chargedThisMonth: usd('90.00') },
    'over_monthly_limit',
  ],
  ['the cap leaves room', {}, { capHeadroom: usd('14.00') }, '10.00'],
  ['the cap leaves a part', {}, { capHeadroom: usd('10.999999999') }, '6.99'],
  ['the cap leaves no more than what is there', {}, { capHeadroom: usd('4.00') }, 'cap_leaves_no_room'],
  ['the cap leaves less than the smallest purchase', {}, { capHeadroom: usd('8.99') }, 'cap_leaves_no_room'],
  [
    'the cap is reached and there is a debt',
    {},
    { capHeadroom: usd('0'), available: usd('-1.00') },
    'cap_leaves_no_room',
  ],
]

test.each(table)('when %s', (_, setting, facts, answer) => {
  expect(said(decideTopUp(aSetting(setting), someFacts(facts)))).toBe(answer)
})

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value)
}

const nanos = (min: bigint, max: bigint) => fc.bigInt({ min, max }).map((value) => money(value))
const inCents = (min: number, max: number) =>
  fc.integer({ min, max }).map((value) => money(BigInt(value) * 10_000_000n))

const settings: fc.Arbitrary<TopUpSetting> = fc
  .record({
    minimum: inCents(0, 100_000),
    mode: fc.constantFrom('amount' as const, 'target' as const),
    amount: inCents(500, 100_000),
    beyond: inCents(1, 100_000),
    monthlyLimit: fc.option(inCents(0, 1_000_000)),
  })
  .map(({ beyond, ...plan }) => aSetting({ ...plan, target: add(plan.minimum, beyond) }))

const allFacts: fc.Arbitrary<TopUpFacts> = fc
  .record({
    available: nanos(-2_000_000_000_000n, 2_000_000_000_000n),
    pending: inCents(0, 10_000),
    chargedThisMonth: inCents(0, 1_000_000),
    capHeadroom: fc.option(nanos(0n, 3_000_000_000_000n)),
    hasPaymentMethod: fc.boolean(),
    hasOpenAttempt: fc.boolean(),
  })
  .map(someFacts)

describe('whatever the setting and the facts', () => {
  const charges = (check: (amount: Money, setting: TopUpSetting, facts: TopUpFacts, expected: Money) => boolean) =>
    fc.assert(
      fc.property(settings, allFacts, (setting, facts) => {
        const decision = decideTopUp(setting, facts)
        return decision.kind === 'skip' || check(decision.amount, setting, facts, add(facts.available, facts.pending))
      }),
      { numRuns: 2000 },
    )

  test('a charge is whole cents within what one purchase may be', () => {
    charges(
      (amount, _, { smallestPurchase, largestPurchase }) =>
        wholeCents(amount) !== null && !isLess(amount, smallestPurchase) && !isMore(amount, largestPurchase),
    )
  })

  test('a charge never passes the monthly limit', () => {
    charges(
      (amount, { monthlyLimit }, { chargedThisMonth }) =>
        monthlyLimit === null || !isMore(add(chargedThisMonth, amount), monthlyLimit),
    )
  })

  test('a charge never buys more than the cap lets the account use', () => {
    charges(
      (amount, _, { capHeadroom }, expected) => capHeadroom === null || !isMore(add(expected, amount), capHeadroom),
    )
  })

  test('it charges only at or below the minimum, with a card, and one at a time', () => {
    charges(
      (_, { minimum }, facts, expected) =>
        !isMore(expected, most(minimum, lastFraction)) && facts.hasPaymentMethod && !facts.hasOpenAttempt,
    )
  })

  test('one charge closes the whole gap with the fewest steps, unless a limit binds', () => {
    fc.assert(
      fc.property(settings, nanos(-2_000_000_000_000n, 1_000_000_000_000n), (setting, available) => {
        const plan = { ...setting, monthlyLimit: null }
        const decision = decideTopUp(plan, someFacts({ available }))
        if (decision.kind === 'skip') return decision.because === 'enough' && isMore(available, setting.minimum)
        const after = add(available, decision.amount)
        const { smallestPurchase, largestPurchase } = someFacts()
        const isAtBound = [smallestPurchase, largestPurchase].some(({ nanos }) => nanos === decision.amount.nanos)
        if (setting.mode === 'target') {
          return isAtBound || (!isLess(after, setting.target) && isLess(subtract(after, usd('0.01')), setting.target))
        }
        const isUsedUpAboveMinimum = isMore(available, setting.minimum)
        const isOneStep = decision.amount.nanos === setting.amount.nanos
        return (
          isAtBound ||
          (isMore(after, setting.minimum) && !isMore(subtract(after, setting.amount), setting.minimum)) ||
          (isUsedUpAboveMinimum && isOneStep)
        )
      }),
      { numRuns: 2000 },
    )
  })
})

test.each([
  ['off', { isOn: false, pausedReason: 'declines' as const }, true],
  ['needs_you', { pausedReason: 'declines' as const }, true],
  ['paused', { pausedReason: 'declines' as const, coolingUntil: new Date(at.getTime() + 1) }, false],
  ['cooling', { coolingUntil: new Date(at.getTime() + 1) }, false],
  ['on', { coolingUntil: at }, false],
  ['on', {}, false],
])('the state is %s', (state, setting, needsCustomer) => {
  expect(stateOf(aSetting(setting), { needsCustomer, at })).toBe(state)
})
