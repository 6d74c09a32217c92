import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cents, type Money, money } from '@/lib/core/money'
import {
  affordable,
  type BudgetFacts,
  beyondCover,
  bindingBudget,
  explainRefusal,
  fits,
  type GateFacts,
  mayBegin,
  withoutHold,
} from './rules'

const budget = (limit: Money, spent: Money, held: Money, scope: BudgetFacts['scope'] = 'account'): BudgetFacts => ({
  scope,
  window: 'monthly',
  subjectId: null,
  subjectName: null,
  limit,
  spent,
  held,
  resetsAt: new Date(0),
})

const facts = (
  changes: Partial<Record<'balance' | 'held' | 'limit' | 'spent' | 'remaining' | 'creditLimit', number>> & {
    isSuspended?: boolean
    isPaymentPaused?: boolean
  },
): GateFacts => ({
  balance: cents(changes.balance ?? 1000),
  held: cents(changes.held ?? 0),
  budgets:
    changes.limit === undefined
      ? []
      : [budget(cents(changes.limit), cents(changes.spent ?? 0), cents(changes.held ?? 0))],
  rate: { limit: 10, remaining: changes.remaining ?? 10, resetSeconds: 18 },
  isSuspended: changes.isSuspended ?? false,
  isPaymentPaused: changes.isPaymentPaused ?? false,
  creditLimit: cents(changes.creditLimit ?? 0),
})
const withCard = { hasPaymentMethod: true, isTopUpInProgress: false }

describe('what fits', () => {
  test.each([
    [facts({ balance: 1000 }), 1000, true],
    [facts({ balance: 1000 }), 1001, false],
    [facts({ balance: 1000, held: 1 }), 1000, false],
    [facts({ balance: 5000, limit: 1000, spent: 900 }), 100, true],
    [facts({ balance: 5000, limit: 1000, spent: 900 }), 101, false],
    [facts({ balance: 5000, limit: 1000, spent: 900, held: 50 }), 51, false],
    [facts({ isSuspended: true }), 1, false],
    [facts({ isPaymentPaused: true }), 1, false],
    [facts({ balance: 0, creditLimit: 500 }), 500, true],
    [facts({ balance: 0, creditLimit: 500 }), 501, false],
    [facts({ balance: 300, held: 100, creditLimit: 500 }), 700, true],
    [facts({ balance: -400, held: 50, creditLimit: 500 }), 50, true],
    [facts({ balance: -400, held: 50, creditLimit: 500 }), 51, false],
    [facts({ balance: -400, creditLimit: 500, limit: 430, spent: 400 }), 31, false],
  ])('%o, %s cents: %s', (account, amount, expected) => expect(fits(account, cents(amount))).toBe(expected))
})

describe('a refusal names the limit that binds', () => {
  test.each([
    ['rate_limited', facts({ balance: 50, remaining: 0 }), 50, withCard],
    ['credits_exhausted', facts({ balance: 50, remaining: 0 }), 51, withCard],
    ['account_suspended', facts({ isSuspended: true }), 1, withCard],
    ['account_suspended', facts({ isSuspended: true, isPaymentPaused: true }), 1, withCard],
    ['payment_past_due', facts({ isPaymentPaused: true }), 1, withCard],
    ['credits_exhausted', facts({ balance: -500, creditLimit: 500 }), 1, { ...withCard, hasPaymentMethod: false }],
    ['credits_held', facts({ balance: -400, held: 100, creditLimit: 500 }), 100, withCard],
    ['credits_exhausted', facts({ balance: 50 }), 100, withCard],
    ['credits_exhausted', facts({ balance: 0 }), 100, withCard],
    ['credits_exhausted', facts({ balance: 50 }), 100, { hasPaymentMethod: false, isTopUpInProgress: false }],
    ['payment_method_required', facts({ balance: 0 }), 100, { hasPaymentMethod: false, isTopUpInProgress: false }],
    ['payment_method_required', facts({ balance: -20 }), 100, { hasPaymentMethod: false, isTopUpInProgress: false }],
    ['credits_held', facts({ balance: 100, held: 60 }), 80, withCard],
    ['top_up_in_progress', facts({ balance: 10 }), 100, { hasPaymentMethod: true, isTopUpInProgress: true }],
    ['budget_reached', facts({ balance: 5000, limit: 1000, spent: 950 }), 100, withCard],
    ['budget_held', facts({ balance: 5000, limit: 1000, spent: 800, held: 150 }), 100, withCard],
    // Both short: the one with less left is named.
    ['budget_reached', facts({ balance: 90, limit: 1000, spent: 950 }), 100, withCard],
    ['credits_exhausted', facts({ balance: 20, limit: 1000, spent: 950 }), 100, withCard],
  ] as const)('%s', (code, account, amount, context) => {
    expect(explainRefusal(account, cents(amount), context)).toBe(code)
  })
})

describe('of several budgets', () => {
  const account = (...budgets: BudgetFacts[]): GateFacts => ({ ...facts({ balance: 5000 }), budgets })
  const named = (limit: number, spent: number, held: number, scope: BudgetFacts['scope']) =>
    budget(cents(limit), cents(spent), cents(held), scope)
  const binding = (account: GateFacts, amount: number) => bindingBudget(account, cents(amount))?.scope ?? null

  test('the one with the least left binds', () => {
    const both = account(named(1000, 900, 0, 'account'), named(100, 50, 0, 'key'), named(100, 20, 0, 'member'))
    expect([40, 60, 90, 110].map((amount) => binding(both, amount))).toEqual([null, 'key', 'key', 'key'])
    expect(affordable(both)).toEqual(cents(50))
    expect(explainRefusal(both, cents(60), withCard)).toBe('budget_reached')
  })

  test('one that is reached goes before one that running requests hold', () => {
    const both = account(named(100, 0, 95, 'key'), named(100, 90, 0, 'member'))
    expect(binding(both, 8)).toBe('key')
    expect(explainRefusal(both, cents(8), withCard)).toBe('budget_held')
    expect(binding(both, 20)).toBe('member')
    expect(explainRefusal(both, cents(20), withCard)).toBe('budget_reached')
  })

  test("a hold does not stand in its own extension's way", () => {
    const held = { ...account(named(100, 0, 80, 'key')), held: cents(80) }
    expect(binding(withoutHold(held, cents(80)), 100)).toBeNull()
    expect(withoutHold(held, cents(80)).held).toEqual(cents(0))
  })
})

const anyFacts = fc
  .tuple(
    fc.bigInt({ min: -1000n, max: 1000n }),
    fc.bigInt({ min: 0n, max: 500n }),
    fc.option(fc.bigInt({ min: 0n, max: 1000n })),
    fc.bigInt({ min: 0n, max: 1000n }),
    fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 700n })),
  )
  .map(
    ([balance, held, limit, spent, creditLimit]): GateFacts => ({
      balance: money(balance),
      held: money(held),
      budgets:
        limit === null
          ? []
          : [
              budget(money(limit), money(spent), money(held)),
              budget(money(limit + 7n), money(spent), money(held / 2n), 'key'),
            ],
      rate: { limit: 10, remaining: 10, resetSeconds: 18 },
      isSuspended: false,
      isPaymentPaused: false,
      creditLimit: money(creditLimit),
    }),
  )

test('a request begins when it fits and the minute has room', () => {
  expect(mayBegin(facts({ balance: 50, remaining: 1 }), cents(50))).toBe(true)
  expect(mayBegin(facts({ balance: 50, remaining: 0 }), cents(50))).toBe(false)
  expect(mayBegin(facts({ balance: 50, remaining: 1 }), cents(51))).toBe(false)
})

test('the largest affordable request fits, and one nano more does not', () => {
  fc.assert(
    fc.property(anyFacts, (account) => {
      const most = affordable(account)
      const isNothing = most.nanos === 0n
      expect(isNothing || fits(account, most)).toBe(true)
      expect(fits(account, money(most.nanos + 1n))).toBe(false)
    }),
  )
})

test('a request that fits leaves neither the credit, with the credit limit, nor the cap overdrawn', () => {
  fc.assert(
    fc.property(anyFacts, fc.bigInt({ min: 1n, max: 1000n }), (account, amount) => {
      fc.pre(fits(account, money(amount)))
      expect(account.balance.nanos - account.held.nanos - amount).toBeGreaterThanOrEqual(-account.creditLimit.nanos)
      for (const { spent, held, limit } of account.budgets)
        expect(spent.nanos + held.nanos + amount).toBeLessThanOrEqual(limit.nanos)
    }),
  )
})

test.each([
  [5n, 10n, 0n, 0n],
  [12n, 10n, 5n, 0n],
  [17n, 10n, 5n, 2n],
  [5n, 0n, -3n, 5n],
])('a charge of %s with %s held and %s available goes %s beyond', (amount, held, available, beyond) => {
  expect(beyondCover(money(amount), money(held), money(available)).nanos).toBe(beyond)
})
