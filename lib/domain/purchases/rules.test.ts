import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { add, cents, compare, formatMoney, isZero, type Money, money } from '@/lib/core/money'
import {
  type CheckoutProgress,
  decideCredit,
  isFinal,
  largestPurchase,
  mayBecome,
  nextStepOf,
  type Order,
  type PaidOrder,
  parsePurchaseAmount,
  presetAmounts,
  progressOf,
  purchaseStates,
} from './rules'

const largest = largestPurchase(5000)

describe('an amount to buy', () => {
  test.each([
    ['5', '5.00'],
    ['5.00', '5.00'],
    [' 25.5 ', '25.50'],
    ['5000', '5000.00'],
    ['12.340000000', '12.34'],
  ])('%j is %s', (text, expected) => {
    expect(formatMoney(parsePurchaseAmount(text, largest))).toBe(expected)
  })

  test.each([
    ['4.99', 'amount_too_small'],
    ['0.01', 'amount_too_small'],
    ['5000.01', 'amount_too_large'],
    ['0', 'invalid_amount'],
    ['-10', 'invalid_amount'],
    ['10.005', 'invalid_amount'],
    ['10.000000001', 'invalid_amount'],
    ['1e3', 'invalid_amount'],
    ['ten', 'invalid_amount'],
    ['', 'invalid_amount'],
    ['1,000', 'invalid_amount'],
    ['٢٥', 'invalid_amount'],
  ])('%j is refused: %s', (text, code) => {
    const refused = refusalOf(() => parsePurchaseAmount(text, largest))
    expect(refused).toMatchObject({ code, facts: { field: 'amount' } })
  })

  test('any whole number of cents between the limits is taken as it is; nothing else is', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -1_000n, max: 600_000n }),
        fc.bigInt({ min: 0n, max: 9_999_999n }),
        (whole, part) => {
          const amount = add(cents(whole), money(part))
          const isAllowed = part === 0n && whole >= 500n && whole <= 500_000n
          try {
            expect(compare(parsePurchaseAmount(formatMoney(amount), largest), amount)).toBe(0)
            expect(isAllowed).toBe(true)
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal)
            expect(isAllowed).toBe(false)
          }
        },
      ),
    )
  })

  test('every preset can be bought', () => {
    for (const preset of presetAmounts) expect(parsePurchaseAmount(formatMoney(preset), largest)).toEqual(preset)
  })
})

function refusalOf(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error
  }
}

const order: Order = {
  accountId: 'account-1',
  purchaseId: 'purchase-1',
  origin: 'checkout',
  amount: cents(5000),
  customerId: 'cus_1',
  livemode: false,
}
const paid: PaidOrder = {
  accountId: 'account-1',
  purchaseId: 'purchase-1',
  clientReferenceId: 'purchase-1',
  customerId: 'cus_1',
  livemode: false,
  subtotal: cents(5000),
  discount: cents(0),
  tax: cents(950),
  total: cents(5950),
  received: cents(5950),
}

describe('a payment', () => {
  test('as ordered is credited with the amount before tax', () => {
    expect(decideCredit(order, paid)).toEqual({ kind: 'credit', amount: cents(5000) })
  })

  test('without a page needs no reference', () => {
    const { clientReferenceId: _, ...charge } = paid
    expect(decideCredit(order, charge)).toEqual({ kind: 'credit', amount: cents(5000) })
  })

  test.each<[string, Partial<PaidOrder>]>([
    ['mode', { livemode: true }],
    ['order', { purchaseId: 'purchase-2' }],
    ['order', { purchaseId: null }],
    ['account', { accountId: 'account-2' }],
    ['reference', { clientReferenceId: 'purchase-2' }],
    ['reference', { clientReferenceId: null }],
    ['customer', { customerId: 'cus_2' }],
    ['customer', { customerId: null }],
    ['currency', { subtotal: cents(5000, 'eur') }],
    ['currency', { received: cents(5950, 'eur') }],
    ['amount', { subtotal: cents(4999), total: cents(5949), received: cents(5949) }],
    ['amount', { subtotal: cents(5001), total: cents(5951), received: cents(5951) }],
    ['discount', { discount: cents(100), total: cents(5850), received: cents(5850) }],
    ['total', { total: cents(5000), received: cents(5000) }],
    ['received', { received: cents(5949) }],
    ['received', { received: cents(0) }],
  ])('that differs in its %s is put aside', (what, difference) => {
    expect(decideCredit(order, { ...paid, ...difference })).toEqual({
      kind: 'quarantine',
      because: expect.stringMatching(`^${what}: `),
    })
  })

  test('is credited exactly when every figure fits, and never with more than was ordered', () => {
    const amount = fc.integer({ min: 4_998, max: 5_002 }).map((value) => cents(value))
    const small = fc.integer({ min: 0, max: 2 }).map((value) => cents(value))
    fc.assert(
      fc.property(amount, small, small, amount, amount, (subtotal, discount, tax, total, received) => {
        const decision = decideCredit(order, { ...paid, subtotal, discount, tax, total, received })
        const fits =
          same(subtotal, order.amount) && isZero(discount) && same(total, add(subtotal, tax)) && same(received, total)
        expect(decision).toEqual(
          fits ? { kind: 'credit', amount: order.amount } : expect.objectContaining({ kind: 'quarantine' }),
        )
      }),
    )
  })
})

const same = (a: Money, b: Money) => compare(a, b) === 0

const seen = (
  status: CheckoutProgress['status'],
  paymentStatus: CheckoutProgress['paymentStatus'],
  payment: string | null,
): CheckoutProgress => ({
  status,
  paymentStatus,
  payment: payment === null ? null : { status: payment, declineMessage: null },
})

test.each([
  [seen('open', 'unpaid', null), 'open'],
  [seen('open', 'unpaid', 'requires_payment_method'), 'open'],
  [seen('open', 'unpaid', 'requires_action'), 'open'],
  [seen('complete', 'paid', 'succeeded'), 'paid'],
  [seen('expired', 'paid', 'succeeded'), 'paid'],
  [seen('complete', 'paid', 'processing'), 'processing'],
  [seen('complete', 'paid', 'requires_capture'), 'processing'],
  [seen('complete', 'paid', 'a_status_of_the_future'), 'processing'],
  [seen('complete', 'unpaid', 'processing'), 'processing'],
  [seen('complete', 'unpaid', 'requires_payment_method'), 'failed'],
  [seen('complete', 'unpaid', 'canceled'), 'failed'],
  [seen('expired', 'unpaid', null), 'expired'],
  [seen('expired', 'unpaid', 'canceled'), 'expired'],
  [seen('complete', 'no_payment_required', null), 'paid'],
])('a page %j is %s', (checkout, expected) => {
  expect(progressOf(checkout).kind).toBe(expected)
})

test('news short of "paid" never reopens a purchase and never touches a final one', () => {
  for (const from of purchaseStates) {
    for (const to of ['open', 'processing', 'failed', 'expired', 'canceled'] as const) {
      if (mayBecome(from, to)) {
        expect(isFinal(from)).toBe(false)
        expect(to).not.toBe('open')
        expect(['open', 'processing']).toContain(from)
      }
    }
  }
})

test('the customer is told what to do, and only what can be done', () => {
  expect(nextStepOf('open', 'https://pay')).toEqual({ label: 'Continue to payment', href: 'https://pay' })
  expect(nextStepOf('open', null)).toBe(null)
  expect(nextStepOf('paid', null)).toBe(null)
  expect(nextStepOf('expired', null)).toEqual({ label: 'Buy credits', href: '/credits' })
})
