import { describe, expect, test } from 'vitest'
import { cents, type Money, zero } from '@/lib/core/money'
import { hourMs } from '@/lib/core/time'
import { type Comparison, comparePayment } from './compare-payment'
import { expectedCredit } from './owed'
import { positionOf } from './position'
import {
  type BookedPurchase,
  type DisputeAtStripe,
  findingKinds,
  keyOf,
  type PaymentAtStripe,
  type RefundAtStripe,
  remedyOf,
  todoOf,
} from './rules'

const at = new Date('2026-11-21T12:00:00Z')

const aPayment = (more: Partial<PaymentAtStripe> = {}): PaymentAtStripe => ({
  paymentIntentId: 'pi_1',
  status: 'succeeded',
  received: cents(1090),
  customerId: 'cus_1',
  livemode: false,
  metadata: { app: 'purse', account_id: 'a1', purchase_id: 'p1' },
  createdAt: new Date(at.getTime() - 2 * hourMs),
  balanceTransactionId: 'txn_1',
  refunds: [],
  disputes: [],
  ...more,
})

/** $10.00 of credit with $2.00 off as a gift, and $2.90 of tax: $10.90 was paid for $8.00 of credit. */
const aPurchase = (more: Partial<BookedPurchase> = {}): BookedPurchase => ({
  accountId: 'a1',
  purchaseId: 'p1',
  origin: 'checkout',
  state: 'paid',
  paymentIntentId: 'pi_1',
  livemode: false,
  currency: 'usd',
  subtotal: cents(1000),
  discount: cents(200),
  tax: cents(290),
  total: cents(1090),
  credited: cents(800),
  takenByRefunds: zero(),
  takenByDisputes: zero(),
  frozen: zero(),
  refunds: [],
  disputes: [],
  attemptState: null,
  ...more,
})

const notPaid = {
  state: 'open',
  paymentIntentId: null,
  subtotal: null,
  discount: null,
  tax: null,
  total: null,
  credited: zero(),
}

const compared = (
  payment: Partial<PaymentAtStripe> | null,
  purchase: Partial<BookedPurchase> | null,
  more: Partial<Comparison> = {},
) =>
  comparePayment({
    payment: payment && aPayment(payment),
    purchase: purchase && aPurchase(purchase),
    payerAccountId: 'a1',
    livemode: false,
    at,
    ...more,
  })

const kinds = (...given: Parameters<typeof compared>) => compared(...given).map(({ kind }) => kind)

const refund = (status: string, amount: Money = cents(545)): RefundAtStripe => ({
  refundId: 're_1',
  status,
  amount,
  createdAt: at,
})
const bookedRefund = (state: string, amount = cents(545), stripeRefundId: string | null = 're_1') => ({
  refundId: 'r1',
  stripeRefundId,
  state,
  amount,
})
const dispute = (status: string, withdrawn = cents(1090)): DisputeAtStripe => ({
  disputeId: 'du_1',
  status,
  amount: cents(1090),
  withdrawn,
  createdAt: at,
})
const bookedDispute = (status: string, withdrawn = cents(1090)) => ({
  disputeId: 'd1',
  stripeDisputeId: 'du_1',
  status,
  withdrawn,
})

describe('a payment and its purchase', () => {
  test('agree', () => expect(compared({}, {})).toEqual([]))

  test.each<[string, Partial<PaymentAtStripe> | null, Partial<BookedPurchase> | null, string[]]>([
    ['nothing at all', null, null, []],
    ['an open page', { status: 'requires_payment_method', received: zero() }, notPaid, []],
    ['a failed purchase without payment', null, { ...notPaid, state: 'failed' }, []],
    ['a purchase that cost nothing', null, { total: zero(), credited: zero(), paymentIntentId: null }, []],
    ['a succeeded payment of an open purchase', {}, notPaid, ['payment_not_credited']],
    ['a succeeded payment of a failed purchase', {}, { ...notPaid, state: 'failed' }, ['payment_not_credited']],
    ['a paid purchase without transfer', {}, { credited: zero() }, ['payment_not_credited']],
    ['a paid purchase without payment', null, {}, ['credited_without_payment']],
    ['credit for nothing', null, { total: zero() }, ['credited_without_payment']],
    ['a paid purchase whose payment is under way', { status: 'processing' }, {}, ['credited_without_payment']],
    [
      'a paid purchase with the payment of another',
      { metadata: { app: 'purse', account_id: 'a1', purchase_id: 'p2' } },
      {},
      ['credited_without_payment'],
    ],
    ['an attempt without payment', null, { ...notPaid, attemptState: 'succeeded' }, ['attempt_without_payment']],
    [
      'an attempt whose payment failed',
      { status: 'requires_payment_method' },
      { ...notPaid, attemptState: 'succeeded' },
      ['attempt_without_payment'],
    ],
    ['an attempt under way', { status: 'processing' }, { ...notPaid, attemptState: 'unknown' }, []],
    ['a second payment', { paymentIntentId: 'pi_2' }, {}, ['paid_twice']],
    ['a second payment that did not succeed', { paymentIntentId: 'pi_2', status: 'canceled' }, {}, []],
    [
      'a second payment that was returned',
      { paymentIntentId: 'pi_2', refunds: [refund('succeeded', cents(1090))] },
      {},
      [],
    ],
    [
      'a second payment that was returned in part',
      { paymentIntentId: 'pi_2', refunds: [refund('succeeded')] },
      {},
      ['paid_twice'],
    ],
    ['a second payment for one put aside', { paymentIntentId: 'pi_2' }, { state: 'quarantined' }, ['paid_twice']],
    ['a payment put aside', {}, { state: 'quarantined', credited: zero() }, ['payment_put_aside']],
    [
      'one put aside and returned',
      { refunds: [refund('pending', cents(1090))] },
      { state: 'quarantined', credited: zero() },
      [],
    ],
    ['another total', { received: cents(1089) }, {}, ['amount_differs']],
    ['more credit than was paid for', {}, { credited: cents(801) }, ['amount_differs']],
    ['less credit than was paid for', {}, { credited: cents(799) }, ['amount_differs']],
    ['another currency', { received: cents(1090, 'eur') }, {}, ['currency_differs']],
    ['a purchase of the other mode', {}, { livemode: true }, ['mode_differs']],
    [
      'a payment that names another account',
      { metadata: { app: 'purse', account_id: 'a2', purchase_id: 'p1' } },
      {},
      ['wrong_account'],
    ],
    ['a payment whose metadata somebody removed', { metadata: {} }, {}, []],
    ['a payment of no purchase', {}, null, ['unknown_purchase']],
  ])('%s', (_, payment, purchase, expected) => expect(kinds(payment, purchase)).toEqual(expected))

  test('a payment of the other mode than our key is not looked at further', () => {
    expect(kinds({ livemode: true }, notPaid)).toEqual(['mode_differs'])
  })

  test('a payment of the customer of another account, or of a customer of nobody', () => {
    expect(kinds({}, {}, { payerAccountId: 'a2' })).toEqual(['wrong_account'])
    expect(kinds({}, {}, { payerAccountId: null })).toEqual([])
  })

  test('a charge must be in the balance after an hour, not before', () => {
    const young = new Date(at.getTime() - hourMs + 1)
    const old = new Date(at.getTime() - hourMs)
    expect(kinds({ balanceTransactionId: null, createdAt: young }, {})).toEqual([])
    expect(kinds({ balanceTransactionId: null, createdAt: old }, {})).toEqual(['balance_transaction_missing'])
    expect(kinds({ balanceTransactionId: null, createdAt: old, status: 'processing' }, notPaid)).toEqual([])
  })

  test('both amounts and every id stand in a finding', () => {
    expect(compared({ received: cents(1089) }, {})).toEqual([
      {
        kind: 'amount_differs',
        accountId: 'a1',
        purchaseId: 'p1',
        paymentIntentId: 'pi_1',
        objectId: null,
        atStripe: cents(1089),
        inBooks: cents(1090),
        sentence: '$10.89 was taken, and the purchase says $10.90.',
      },
    ])
  })
})

describe('refunds', () => {
  const half = { takenByRefunds: cents(400) }

  test.each<[string, RefundAtStripe[], Partial<BookedPurchase>, string[]]>([
    ['a refund that both have', [refund('succeeded')], { refunds: [bookedRefund('succeeded')], ...half }, []],
    ['one on its way', [refund('pending')], { refunds: [bookedRefund('pending')], ...half }, []],
    [
      'one that waits for the customer',
      [refund('requires_action')],
      { refunds: [bookedRefund('pending')], ...half },
      [],
    ],
    ['one that Stripe alone has', [refund('succeeded')], {}, ['refund_not_taken']],
    ['one that failed here alone', [refund('succeeded')], { refunds: [bookedRefund('failed')] }, ['refund_not_taken']],
    [
      'one that failed at Stripe alone',
      [refund('failed')],
      { refunds: [bookedRefund('succeeded')], ...half },
      ['refund_taken_but_failed'],
    ],
    [
      'one that was canceled at Stripe alone',
      [refund('canceled')],
      { refunds: [bookedRefund('pending')], ...half },
      ['refund_taken_but_failed'],
    ],
    ['one that failed on both sides', [refund('failed')], { refunds: [bookedRefund('failed')] }, []],
    ['one that failed and that we never knew', [refund('failed')], {}, []],
    [
      'one that Stripe does not have',
      [],
      { refunds: [bookedRefund('succeeded')], ...half },
      ['refund_taken_but_failed'],
    ],
    [
      'one of another amount',
      [refund('succeeded', cents(500))],
      { refunds: [bookedRefund('succeeded')], ...half },
      ['amount_differs'],
    ],
    [
      'one whose credit was not taken',
      [refund('succeeded')],
      { refunds: [bookedRefund('succeeded')] },
      ['refund_not_taken'],
    ],
    [
      'one whose credit was taken twice',
      [refund('succeeded')],
      { refunds: [bookedRefund('succeeded')], takenByRefunds: cents(800) },
      ['refund_taken_but_failed'],
    ],
    [
      'one that was asked for and is not at Stripe yet',
      [],
      { refunds: [bookedRefund('requested', cents(545), null)], ...half },
      [],
    ],
  ])('%s', (_, refunds, purchase, expected) => expect(kinds({ refunds }, purchase)).toEqual(expected))

  test('credit is taken in proportion, rounded down to the nano, and all of it for all of the money', () => {
    const of = (amount: Money) =>
      expectedCredit(aPurchase(), aPayment({ refunds: [refund('succeeded', amount)] })).nanos
    expect(of(cents(1090))).toBe(0n)
    expect(of(cents(1))).toBe(8_000_000_000n - 8_000_000_000n / 1090n)
    expect(of(cents(2000))).toBe(0n)
  })
})

describe('disputes', () => {
  test.each<[string, DisputeAtStripe[], Partial<BookedPurchase>, string[]]>([
    [
      'one that both have',
      [dispute('needs_response')],
      { disputes: [bookedDispute('needs_response')], frozen: cents(800) },
      [],
    ],
    ['one whose credit was spent', [dispute('under_review')], { disputes: [bookedDispute('under_review')] }, []],
    ['one that Stripe alone has', [dispute('needs_response')], {}, ['dispute_not_followed']],
    ['an inquiry that we never knew', [dispute('warning_needs_response', zero())], {}, []],
    ['a status of the future without money', [dispute('pondering', zero())], {}, []],
    ['a status of the future with money', [dispute('pondering')], {}, ['dispute_not_followed']],
    [
      'a status of the future, frozen',
      [dispute('pondering')],
      { disputes: [bookedDispute('pondering')], frozen: cents(800) },
      [],
    ],
    ['another status', [dispute('lost')], { disputes: [bookedDispute('under_review')] }, ['dispute_not_followed']],
    [
      'another amount withdrawn',
      [dispute('won', zero())],
      { disputes: [bookedDispute('won')] },
      ['dispute_not_followed'],
    ],
    ['one that Stripe does not have', [], { disputes: [bookedDispute('lost')] }, ['dispute_not_followed']],
    ['a lost one', [dispute('lost')], { disputes: [bookedDispute('lost')], takenByDisputes: cents(800) }, []],
    [
      'an appeal',
      [dispute('appeal_under_review')],
      { disputes: [bookedDispute('appeal_under_review')], takenByDisputes: cents(800) },
      [],
    ],
    [
      'a lost one that took nothing',
      [dispute('lost')],
      { disputes: [bookedDispute('lost')] },
      ['dispute_not_followed'],
    ],
    [
      'a won one that keeps credit frozen',
      [dispute('won', zero())],
      { disputes: [bookedDispute('won', zero())], frozen: cents(1) },
      ['dispute_not_followed'],
    ],
    [
      'a lost one that keeps credit frozen',
      [dispute('lost')],
      { disputes: [bookedDispute('lost')], takenByDisputes: cents(800), frozen: cents(1) },
      ['dispute_not_followed'],
    ],
    [
      'more frozen than is disputed',
      [dispute('needs_response')],
      { disputes: [bookedDispute('needs_response')], frozen: cents(801) },
      ['dispute_not_followed'],
    ],
  ])('%s', (_, disputes, purchase, expected) => expect(kinds({ disputes }, purchase)).toEqual(expected))

  test('a refund and a lost dispute together take all of the credit and no more', () => {
    const refunds = [refund('succeeded', cents(545))]
    const taken = { takenByRefunds: cents(400), takenByDisputes: cents(400) }
    const booked = { refunds: [bookedRefund('succeeded')], disputes: [bookedDispute('lost')], ...taken }
    expect(kinds({ refunds, disputes: [dispute('lost')] }, booked)).toEqual([])
    expect(kinds({ refunds, disputes: [dispute('lost')] }, { ...booked, takenByDisputes: cents(800) })).toEqual([
      'dispute_not_followed',
    ])
  })
})

describe('what a payment adds to the totals', () => {
  const nothing = {
    charged: zero(),
    refunded: zero(),
    withdrawn: zero(),
    expected: zero(),
    bookedCharged: zero(),
    bookedRefunded: zero(),
    bookedWithdrawn: zero(),
    bookedTax: zero(),
    bookedDiscount: zero(),
    posted: zero(),
  }

  test('both sides of one that both have', () => {
    const payment = aPayment({
      refunds: [refund('succeeded'), refund('failed')],
      disputes: [dispute('lost', cents(545))],
    })
    const purchase = aPurchase({
      refunds: [bookedRefund('succeeded'), bookedRefund('failed')],
      disputes: [bookedDispute('lost', cents(545))],
      takenByRefunds: cents(400),
      takenByDisputes: cents(400),
    })
    expect(positionOf(payment, purchase)).toEqual({
      charged: cents(1090),
      refunded: cents(545),
      withdrawn: cents(545),
      expected: zero(),
      bookedCharged: cents(1090),
      bookedRefunded: cents(545),
      bookedWithdrawn: cents(545),
      bookedTax: cents(290),
      bookedDiscount: cents(200),
      posted: zero(),
    })
  })

  test('one side of one that the other does not have', () => {
    expect(positionOf(aPayment(), null)).toEqual({ ...nothing, charged: cents(1090) })
    expect(positionOf(null, aPurchase())).toMatchObject({
      ...nothing,
      bookedCharged: cents(1090),
      bookedTax: cents(290),
      bookedDiscount: cents(200),
      posted: cents(800),
    })
    expect(positionOf(aPayment({ status: 'processing', received: zero() }), aPurchase(notPaid))).toEqual(nothing)
    expect(positionOf(aPayment({ paymentIntentId: 'pi_2' }), aPurchase())).toEqual({ ...nothing, charged: cents(1090) })
  })
})

test('every kind says what to do, and only what a verb does is handed to one', () => {
  for (const kind of findingKinds) expect(todoOf(kind)).toMatch(/\.$/)
  expect(findingKinds.filter((kind) => remedyOf(kind) !== null)).toEqual([
    'payment_not_credited',
    'refund_not_taken',
    'refund_taken_but_failed',
    'dispute_not_followed',
  ])
})

test('the same difference has the same key, and another object has another', () => {
  const [finding] = compared({ received: cents(1) }, {})
  expect(keyOf(finding!)).toBe('amount_differs pi_1 ')
  expect(keyOf({ ...finding!, objectId: 're_1' })).not.toBe(keyOf(finding!))
  expect(keyOf({ ...finding!, paymentIntentId: null })).toBe('amount_differs p1 ')
})
