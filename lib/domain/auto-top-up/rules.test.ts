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
import {
  cardOf,
  cleared,
  decideTopUp,
  isNoted,
  isOtherCard,
  isRunaway,
  liftedBy,
  limitCrossing,
  type SkipReason,
  type Standing,
  stateOf,
  type TopUpDecision,
  type TopUpFacts,
  type TopUpSetting,
} from './rules'

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
  isPostPaid: false,
  isDebtInvoiced: false,
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
  ['the breaker has tripped', {}, { isBreakerTripped: true }, 'stopped_by_breaker'],
  ['both have stopped it', {}, { isStoppedByOperator: true, isBreakerTripped: true }, 'stopped_by_operator'],
  ['it runs dry', {}, { isDryRun: true }, 'dry_run'],
  ['it runs dry and would not charge', { pausedReason: 'declines' }, { isDryRun: true }, 'paused'],
  [
    'it runs dry and the limit is reached',
    { monthlyLimit: usd('5.00') },
    { isDryRun: true, chargedThisMonth: usd('5.00') },
    'over_monthly_limit',
  ],
  ['a payment is disputed', {}, { hasRefundOrDispute: true }, 'refund_or_dispute_open'],
  [
    'a payment is disputed and there is no card',
    {},
    { hasRefundOrDispute: true, hasPaymentMethod: false },
    'no_payment_method',
  ],
  ['the account is suspended', {}, { isAccountSuspended: true }, 'account_suspended'],
  ['it is paused', { pausedReason: 'declines' }, {}, 'paused'],
  ['it is cooling', { coolingUntil: new Date(at.getTime() + 1) }, {}, 'cooling'],
  ['cooling is just over', { coolingUntil: at }, {}, '10.00'],
  ['there is no card', {}, { hasPaymentMethod: false }, 'no_payment_method'],
  ['the card was declined seven times in 30 days', {}, { declinesOfCard: 7 }, '10.00'],
  ['the card was declined eight times in 30 days', {}, { declinesOfCard: 8 }, 'card_declined_too_often'],
  ['four declines, three charges of the card elsewhere', {}, { declinesOfCard: 4, chargesOfCardInFlight: 3 }, '10.00'],
  [
    'four declines, four charges of the card elsewhere',
    {},
    { declinesOfCard: 4, chargesOfCardInFlight: 4 },
    'card_busy',
  ],
  [
    'eight declines, and charges elsewhere',
    {},
    { declinesOfCard: 8, chargesOfCardInFlight: 1 },
    'card_declined_too_often',
  ],
  [
    'the last credit is missing',
    {},
    { successes: [before(dayMs)], isLatestSuccessCredited: false },
    'previous_credit_missing',
  ],
  ['the last credit is missing, of long ago', {}, { isLatestSuccessCredited: false }, 'previous_credit_missing'],
  ['the last success was 59 s ago', {}, { successes: [before(59 * secondMs)] }, 'too_soon'],
  ['the last success was 60 s ago', {}, { successes: [before(60 * secondMs)] }, '10.00'],
  ['there were four today', {}, { successes: times(4, before(dayMs - 1)) }, '10.00'],
  ['there were five today', {}, { successes: times(5, before(dayMs - 1)) }, 'too_many_today'],
  ['there were five, a day ago', {}, { successes: times(5, before(dayMs)) }, '10.00'],
  ['there were nineteen in 30 days', {}, { successes: times(19, before(30 * dayMs - 1)) }, '10.00'],
  ['there were twenty, 30 days ago', {}, { successes: times(20, before(30 * dayMs)) }, '10.00'],
  [
    'there were twenty in just under 30 days',
    {},
    { successes: times(20, before(30 * dayMs - 1)) },
    'too_many_this_month',
  ],
  ['there were twenty in 30 days', {}, { successes: times(20, before(2 * dayMs)) }, 'too_many_this_month'],
  ['the limit leaves enough', { monthlyLimit: usd('100.00') }, { chargedThisMonth: usd('90.00') }, '10.00'],
  [
    'the limit leaves exactly the smallest purchase',
    { monthlyLimit: usd('100.00') },
    { chargedThisMonth: usd('95.00') },
    '5.00',
  ],
  [
    'what is left of the limit and the cap differ',
    { monthlyLimit: usd('100.00') },
    { chargedThisMonth: usd('92.00'), capHeadroom: usd('11.00') },
    '7.00',
  ],
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

test.each<[string, Partial<TopUpSetting>, boolean]>([
  ['off', { isOn: false, pausedReason: 'declines' }, true],
  ['needs_you', { pausedReason: 'declines' }, true],
  ['paused', { pausedReason: 'declines', coolingUntil: new Date(at.getTime() + 1) }, false],
  ['cooling', { coolingUntil: new Date(at.getTime() + 1) }, false],
  ['on', { coolingUntil: at }, false],
  ['on', {}, false],
])('the state is %s', (state, setting, needsCustomer) => {
  expect(stateOf(aSetting(setting), { needsCustomer, at })).toBe(state)
})

test('cleared is nothing counted, no wait, no pause', () => {
  expect(cleared).toEqual({ consecutiveDeclines: 0, coolingUntil: null, pausedReason: null, cardInTrouble: null })
})

test('a dry run says what it would have charged', () => {
  expect(decideTopUp(aSetting(), someFacts({ isDryRun: true }))).toEqual({
    kind: 'skip',
    because: 'dry_run',
    wouldCharge: usd('10.00'),
  })
})

test.each([
  [0, 0, 60, false],
  [59, 0, 60, false],
  [60, 0, 60, true],
  [60, 20, 60, true],
  [60, 21, 60, false],
  [62, 21, 60, false],
  [63, 21, 60, true],
  [2, 1, 1, false],
  [3, 1, 1, true],
])(
  'after %i charges in five minutes, with a peak of %i and a floor of %i, one more is a runaway: %s',
  (recent, peak, floor, is) => {
    expect(isRunaway({ recent, peak, floor })).toBe(is)
  },
)

const saved = (fingerprint: string | null, stripePaymentMethodId = 'pm_1') => ({ fingerprint, stripePaymentMethodId })

test('a card is told apart by its fingerprint, or by its id where it has none', () => {
  expect([cardOf(saved('F')), cardOf(saved(null))]).toEqual(['F', 'pm_1'])
})

test.each([
  ['the same card', saved('F'), 'F', false],
  ['the same card saved anew', saved('F', 'pm_2'), 'F', false],
  ['another card', saved('G', 'pm_2'), 'F', true],
  ['the payment method that is meant', saved('F', 'pm_1'), 'pm_1', false],
  ['the same card after its payment method was removed', saved('F', 'pm_2'), 'pm_1', true],
  ['a card without a fingerprint', saved(null, 'pm_1'), 'pm_1', false],
  ['any card where none is in trouble', saved('F'), null, true],
])('%s: whether it is another', (_, method, inTrouble, is) => {
  expect(isOtherCard(method, inTrouble)).toBe(is)
})

const inTrouble = (changes: Partial<Standing> = {}): Standing => ({
  consecutiveDeclines: 3,
  coolingUntil: null,
  pausedReason: 'declines',
  cardInTrouble: 'F',
  ...changes,
})

test.each<[string, Standing, Parameters<typeof liftedBy>[1], Standing | null]>([
  ['nothing was done', inTrouble(), { hasBoughtByHand: false, card: saved('F') }, null],
  ['the card is gone', inTrouble(), { hasBoughtByHand: false, card: null }, null],
  ['the same card was saved anew', inTrouble(), { hasBoughtByHand: false, card: saved('F', 'pm_2') }, null],
  ['another card was chosen', inTrouble(), { hasBoughtByHand: false, card: saved('G') }, cleared],
  ['credit was bought by hand', inTrouble(), { hasBoughtByHand: true, card: saved('F') }, cleared],
  ['credit was bought by hand, without a card', inTrouble(), { hasBoughtByHand: true, card: null }, cleared],
  [
    'the same card stands where none was',
    inTrouble({ pausedReason: 'no_payment_method' }),
    { hasBoughtByHand: false, card: saved('F', 'pm_2') },
    inTrouble({ pausedReason: null }),
  ],
  [
    'a card stands where none ever was',
    inTrouble({ pausedReason: 'no_payment_method', cardInTrouble: null, consecutiveDeclines: 0 }),
    { hasBoughtByHand: false, card: saved('F') },
    cleared,
  ],
])('what %s lifts', (_, standing, done, after) => {
  expect(liftedBy(standing, done)).toEqual(after)
})

test.each([
  ['79.99', '100.00', null],
  ['80.00', '100.00', 'near'],
  ['95.00', '100.00', 'near'],
  ['95.01', '100.00', 'reached'],
  ['100.00', '100.00', 'reached'],
  ['120.00', '100.00', 'reached'],
  ['0.00', '5.00', null],
  ['5.00', '10.00', null],
  ['5.01', '10.00', 'reached'],
])('%s bought of a limit of %s is told as %s', (charged, limit, crossing) => {
  expect(limitCrossing(usd(limit), usd(charged), { smallestPurchase: usd('5.00') })).toBe(crossing)
})

test('reasons that last are on the timeline; passing ones, and those that the state says, are not', () => {
  const passing: SkipReason[] = ['off', 'enough', 'in_progress', 'paused', 'cooling', 'too_soon', 'card_busy']
  const lasting: SkipReason[] = [
    'stopped_by_operator',
    'stopped_by_breaker',
    'account_suspended',
    'no_payment_method',
    'refund_or_dispute_open',
    'card_declined_too_often',
    'previous_credit_missing',
    'too_many_today',
    'too_many_this_month',
    'over_monthly_limit',
    'cap_leaves_no_room',
    'dry_run',
  ]
  expect([passing.some(isNoted), lasting.every(isNoted)]).toEqual([false, true])
})
