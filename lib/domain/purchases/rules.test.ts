import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { add, cents, compare, formatMoney, isZero, type Money, money, subtract } from '@/lib/core/money'
import {
  type CheckoutProgress,
  decideCredit,
  type Explained,
  explanationOf,
  isFinal,
  largestPurchase,
  mayBecome,
  nextStepOf,
  type Order,
  type PageTerms,
  type PaidOrder,
  parsePurchaseAmount,
  presetAmounts,
  progressOf,
  purchaseStates,
  purchaseStateText,
  termsFor,
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
  offersDiscount: true,
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
/** 20 % off, and tax on the rest. */
const discounted: PaidOrder = {
  ...paid,
  discount: cents(1000),
  tax: cents(760),
  total: cents(4760),
  received: cents(4760),
}
const credited = (paidPart: number, gift: number) => ({ kind: 'credit', paid: cents(paidPart), gift: cents(gift) })

describe('a payment', () => {
  test('as ordered is credited with the amount before tax', () => {
    expect(decideCredit(order, paid)).toEqual(credited(5000, 0))
    expect(decideCredit({ ...order, offersDiscount: false }, paid)).toEqual(credited(5000, 0))
  })

  test('with a promotion code is credited with what was ordered: a part is paid, the discount is a gift', () => {
    expect(decideCredit(order, discounted)).toEqual(credited(4000, 1000))
  })

  test('that a promotion code paid for whole is a gift', () => {
    const free = { ...paid, discount: cents(5000), tax: cents(0), total: cents(0), received: cents(0) }
    expect(decideCredit(order, free)).toEqual(credited(0, 5000))
  })

  test('without a page needs no reference', () => {
    const { clientReferenceId: _, ...charge } = paid
    expect(decideCredit(order, charge)).toEqual(credited(5000, 0))
  })

  test.each<[string, Partial<PaidOrder>]>([
    ['mode: a test payment', { livemode: true }],
    ['order: ', { purchaseId: 'purchase-2' }],
    ['order: ', { purchaseId: null }],
    ['account: ', { accountId: 'account-2' }],
    ['account: ', { accountId: null }],
    ['reference: ', { clientReferenceId: 'purchase-2' }],
    ['reference: ', { clientReferenceId: null }],
    ['customer: ', { customerId: 'cus_2' }],
    ['customer: ', { customerId: null }],
    ['currency: ', { subtotal: cents(5000, 'eur') }],
    ['currency: ', { discount: cents(0, 'eur') }],
    ['currency: ', { tax: cents(950, 'eur') }],
    ['currency: ', { total: cents(5950, 'eur') }],
    ['currency: ', { received: cents(5950, 'eur') }],
    ['amount: $49.99 instead of $50.00', { subtotal: cents(4999), total: cents(5949), received: cents(5949) }],
    ['amount: $50.01 instead of $50.00', { subtotal: cents(5001), total: cents(5951), received: cents(5951) }],
    ['discount: −$1.00 of $50.00', { discount: cents(-100), total: cents(6050), received: cents(6050) }],
    ['discount: $50.01 of $50.00', { discount: cents(5001), total: cents(949), received: cents(949) }],
    ['tax: −$0.01 cannot be', { tax: cents(-1), total: cents(4999), received: cents(4999) }],
    ['total: ', { total: cents(5000), received: cents(5000) }],
    ['total: ', { discount: cents(100), total: cents(5950), received: cents(5950) }],
    ['received: $59.49 of $59.50', { received: cents(5949) }],
    ['received: $59.51 of $59.50', { received: cents(5951) }],
    ['received: $0.00 of $59.50', { received: cents(0) }],
  ])('is put aside, saying "%s"', (because, difference) => {
    const decision = decideCredit(order, { ...paid, ...difference })
    expect(decision.kind === 'quarantine' && decision.because.slice(0, because.length)).toBe(because)
  })

  test('with a discount that its page did not offer is put aside', () => {
    expect(decideCredit({ ...order, offersDiscount: false }, discounted)).toEqual({
      kind: 'quarantine',
      because: 'discount: $10.00 that was not offered',
    })
  })

  test('of any subtotal, discount and tax: credit is the subtotal, the gift is the discount, tax is neither', () => {
    const sums = fc
      .record({
        subtotal: fc.bigInt({ min: 500n, max: 99_999_999n }),
        tax: fc.bigInt({ min: 0n, max: 99_999_999n }),
        share: fc.integer({ min: 0, max: 1000 }),
      })
      .map(({ subtotal, tax, share }) => ({ subtotal, tax, discount: (subtotal * BigInt(share)) / 1000n }))
    fc.assert(
      fc.property(sums, ({ subtotal, tax, discount }) => {
        const total = cents(subtotal - discount + tax)
        const figures = {
          subtotal: cents(subtotal),
          discount: cents(discount),
          tax: cents(tax),
          total,
          received: total,
        }
        const decision = decideCredit({ ...order, amount: cents(subtotal) }, { ...paid, ...figures })
        expect(decision).toEqual({ kind: 'credit', paid: cents(subtotal - discount), gift: cents(discount) })
      }),
    )
  })

  test('is credited exactly when every figure fits, and never with more or less than was ordered', () => {
    const near = (middle: number) => fc.integer({ min: middle - 2, max: middle + 2 }).map((value) => cents(value))
    const figures = fc.record({
      subtotal: near(5000),
      discount: near(1),
      tax: near(1),
      total: near(5000),
      received: near(5000),
    })
    fc.assert(
      fc.property(figures, fc.boolean(), (given, offersDiscount) => {
        const { subtotal, discount, tax, total, received } = given
        const decision = decideCredit({ ...order, offersDiscount }, { ...paid, ...given })
        const fits =
          same(subtotal, order.amount) &&
          discount.nanos >= 0n &&
          (offersDiscount || isZero(discount)) &&
          tax.nanos >= 0n &&
          same(total, add(subtract(subtotal, discount), tax)) &&
          same(received, total)
        expect(decision.kind).toBe(fits ? 'credit' : 'quarantine')
        if (decision.kind === 'credit') expect(add(decision.paid, decision.gift)).toEqual(order.amount)
      }),
      { numRuns: 2000 },
    )
  })
})

const same = (a: Money, b: Money) => compare(a, b) === 0

const seen = (
  status: CheckoutProgress['status'],
  paymentStatus: CheckoutProgress['paymentStatus'],
  payment: string | null,
  total = cents(1000),
): CheckoutProgress => ({
  status,
  paymentStatus,
  total,
  payment: payment === null ? null : { status: payment, declineMessage: 'Declined.' },
})
const nothing = cents(0)

test.each<[string, CheckoutProgress]>([
  ['open', seen('open', 'unpaid', null)],
  ['open', seen('open', 'unpaid', 'requires_payment_method')],
  ['open', seen('open', 'unpaid', 'requires_action')],
  ['open', seen('open', 'unpaid', 'processing')],
  ['paid', seen('complete', 'paid', 'succeeded')],
  ['paid', seen('expired', 'paid', 'succeeded')],
  ['paid', seen('open', 'paid', 'succeeded')],
  ['processing', seen('complete', 'paid', 'processing')],
  ['processing', seen('complete', 'paid', 'requires_capture')],
  ['processing', seen('complete', 'paid', 'a_status_of_the_future')],
  ['processing', seen('complete', 'paid', null)],
  ['processing', seen('complete', 'paid', 'canceled')],
  ['processing', seen('expired', 'paid', 'processing')],
  ['processing', seen('complete', 'paid', 'processing', nothing)],
  ['processing', seen('complete', 'unpaid', 'processing')],
  ['processing', seen('complete', 'unpaid', 'succeeded')],
  ['processing', seen('complete', 'unpaid', null)],
  ['failed', seen('complete', 'unpaid', 'requires_payment_method')],
  ['failed', seen('complete', 'unpaid', 'canceled')],
  ['expired', seen('expired', 'unpaid', null)],
  ['expired', seen('expired', 'unpaid', 'canceled')],
  ['expired', seen('expired', 'unpaid', 'requires_payment_method')],
  // Nothing was to be paid: only the completed page counts, however it says so.
  ['paid', seen('complete', 'no_payment_required', null, nothing)],
  ['paid', seen('complete', 'paid', null, nothing)],
  ['open', seen('open', 'no_payment_required', null, nothing)],
  ['open', seen('open', 'paid', null, nothing)],
  ['expired', seen('expired', 'no_payment_required', null, nothing)],
  ['expired', seen('expired', 'paid', null, nothing)],
  // It says that nothing was to be paid although something was: decided on, and put aside there.
  ['paid', seen('complete', 'no_payment_required', null)],
])('%s is what a page is that says as much', (expected, checkout) => {
  expect(progressOf(checkout).kind).toBe(expected)
})

test('a payment that was not tried yet, as far as one read says, has not failed', () => {
  const checkout = seen('complete', 'unpaid', 'requires_payment_method')
  expect(progressOf({ ...checkout, payment: { status: 'requires_payment_method', declineMessage: null } })).toEqual({
    kind: 'processing',
  })
  expect(progressOf({ ...checkout, payment: { status: 'canceled', declineMessage: null } })).toEqual({
    kind: 'failed',
    reason: null,
  })
})

test('the reason of the last decline is kept while the page is open, and when the payment failed', () => {
  expect(progressOf(seen('open', 'unpaid', 'requires_payment_method'))).toEqual({ kind: 'open', reason: 'Declined.' })
  expect(progressOf(seen('open', 'unpaid', null))).toEqual({ kind: 'open', reason: null })
  expect(progressOf(seen('complete', 'unpaid', 'canceled'))).toEqual({ kind: 'failed', reason: 'Declined.' })
})

const forward = [
  'open > processing',
  'open > failed',
  'open > expired',
  'open > canceled',
  'processing > failed',
  'processing > expired',
  'expired > processing',
  'canceled > processing',
]

test('news short of "paid" only ever moves a purchase forward, and never touches a final one', () => {
  const moves = purchaseStates.flatMap((from) =>
    (['open', 'processing', 'failed', 'expired', 'canceled'] as const)
      .filter((to) => mayBecome(from, to))
      .map((to) => `${from} > ${to}`),
  )
  expect(moves.sort()).toEqual([...forward].sort())
  expect(purchaseStates.filter(isFinal)).toEqual(['paid', 'quarantined'])
})

test('the customer is told what to do, and only what can be done', () => {
  expect(nextStepOf('open', 'https://pay')).toEqual({ label: 'Continue to payment', href: 'https://pay' })
  expect(nextStepOf('open', null)).toBe(null)
  for (const state of ['processing', 'paid', 'quarantined'] as const) expect(nextStepOf(state, null)).toBe(null)
  for (const state of ['failed', 'expired', 'canceled'] as const) {
    expect(nextStepOf(state, null)).toEqual({ label: 'Buy credits', href: '/credits#buy' })
  }
})

const usual: Explained = { state: 'open', checkoutUrl: null, isPageOver: false, reason: null, isBankDebit: false }

test.each<[string, Partial<Explained>]>([
  [
    'Nothing has been charged yet. The payment page stays open for 24 hours.',
    { state: 'open', checkoutUrl: 'https://pay' },
  ],
  [
    'Your card was declined. Nothing has been charged. Try again or use another way to pay.',
    { state: 'open', checkoutUrl: 'https://pay', reason: 'Your card was declined.' },
  ],
  ['The payment page could not be opened yet. Nothing has been charged.', { state: 'open' }],
  [
    'The payment page is closed. We are asking Stripe whether it was paid in time.',
    { state: 'open', isPageOver: true },
  ],
  [
    'Your bank is processing the payment; this takes up to 4 business days. Credit appears when it is paid.',
    { state: 'processing', isBankDebit: true },
  ],
  ['Stripe is processing the payment. Credit appears when it is paid.', { state: 'processing' }],
  ['Paid, and the credit is on the account.', { state: 'paid' }],
  ['No money was taken and no credit was added.', { state: 'failed' }],
  [
    'The account is closed. No money was taken and no credit was added.',
    { state: 'failed', reason: 'The account is closed' },
  ],
  ['The payment page closed before it was paid. No money was taken.', { state: 'expired' }],
  ['Canceled before it was paid. No money was taken.', { state: 'canceled' }],
  [
    'Your money arrived, but not as it was ordered. A person looks at it; you need do nothing.',
    { state: 'quarantined' },
  ],
])('a customer reads: %s', (words, given) => {
  expect(explanationOf({ ...usual, ...given })).toBe(words)
})

test('every state has words of its own', () => {
  expect(purchaseStates.map(purchaseStateText)).toEqual([
    'Waiting for payment',
    'Payment is being processed',
    'Paid',
    'Payment failed',
    'Not completed',
    'Canceled',
    'Under review',
  ])
})

test('a page on which a card is to be kept takes cards only', () => {
  const offered: PageTerms = {
    promotionCodes: true,
    tax: true,
    invoice: true,
    methods: ['card', 'us_bank_account'],
  }
  expect(termsFor(offered, true)).toEqual({ ...offered, methods: ['card'] })
  expect(termsFor(offered, false)).toEqual(offered)
})
