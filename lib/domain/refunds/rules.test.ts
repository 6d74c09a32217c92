import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '@/lib/core/errors'
import { add, cents, isMore, money, sum, zero } from '@/lib/core/money'
import { hourMs } from '@/lib/core/time'
import {
  blockOf,
  blockText,
  type Claim,
  creditOf,
  decideRefund,
  failureText,
  giftOf,
  isActive,
  isClosed,
  isTakenBackDebt,
  nextTryAt,
  type Payment,
  pendingLookMs,
  type RefundBlock,
  type RefundFacts,
  refundableOf,
  refundStateOf,
  refundStates,
  refundStateText,
  resendForMs,
  takenBy,
  targetsOf,
  windowEnd,
} from './rules'

const paidAt = new Date('2026-11-21T12:00:00Z')
const soon = new Date('2026-11-21T13:00:00Z')

const aPayment = (changes: Partial<Payment> = {}): Payment => ({
  totalCents: 1000n,
  credit: cents(1000),
  gift: zero(),
  ...changes,
})

const facts = (changes: Partial<RefundFacts> = {}): RefundFacts => ({
  isPaid: true,
  isOfInvoice: false,
  paidAt,
  payment: aPayment(),
  returnedCents: 0n,
  left: cents(1000),
  giftLeft: zero(),
  available: cents(1000),
  isDisputed: false,
  isUnderWay: false,
  ...changes,
})

describe('states', () => {
  test.each([
    ['requested', true, false, 'Requested'],
    ['pending', true, false, 'On its way'],
    ['succeeded', true, true, 'Refunded'],
    ['failed', false, true, 'Refund failed'],
    ['canceled', false, true, 'Refund canceled'],
  ] as const)('%s: active %s, closed %s, said as %s', (state, active, closed, text) => {
    expect(isActive(state)).toBe(active)
    expect(isClosed(state)).toBe(closed)
    expect(refundStateText(state)).toBe(text)
    expect(refundStates).toContain(state)
  })

  test.each([
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
    ['pending', 'pending'],
    ['requires_action', 'pending'],
    ['a_word_of_the_future', 'pending'],
    ['requested', 'pending'],
  ])("Stripe's %s is %s", (status, state) => {
    expect(refundStateOf(status)).toBe(state)
  })

  test('a failure has words, also one that nobody has heard of', () => {
    expect(failureText('charge_already_refunded')).toBe('All of the payment had been returned already.')
    expect(failureText('charge_disputed')).toBe('The payment is disputed, so the bank decides about it.')
    expect(failureText('charge_for_pending_refund_disputed')).toMatch(/disputed meanwhile/)
    expect(failureText('declined')).toBe('The bank declined it.')
    expect(failureText('expired_or_canceled_card')).toBe('The card has expired or was canceled.')
    expect(failureText('insufficient_funds')).toBe('The platform could not fund it just then.')
    expect(failureText('lost_or_stolen_card')).toBe('The card was reported lost or stolen.')
    expect(failureText('not_confirmed')).toMatch(/did not confirm it within a day/)
    expect(failureText('constructor')).toBe('The payment provider did not accept it.')
  })
})

describe('the credit that stands for money', () => {
  test('is the same share of it, rounded down to the nano, and all of it for all of the money', () => {
    const taxed = aPayment({ totalCents: 1190n, credit: cents(1000), gift: cents(200) })
    expect(creditOf(taxed, 0n)).toEqual(zero())
    expect(creditOf(taxed, 1n)).toEqual(money(8_403_361n)) // 10,000,000,000 / 1190 = 8,403,361.3…
    expect(creditOf(taxed, 595n)).toEqual(cents(500))
    expect(creditOf(taxed, 1190n)).toEqual(cents(1000))
    expect(creditOf(taxed, 1191n)).toEqual(cents(1000))
    expect(giftOf(taxed, 595n)).toEqual(cents(100))
    expect(giftOf(taxed, 1n)).toEqual(money(1_680_672n))
    expect(giftOf(taxed, 5000n)).toEqual(cents(200))
  })

  test('is nothing when nothing was paid', () => {
    expect(creditOf(aPayment({ totalCents: 0n }), 100n)).toEqual(zero())
    expect(giftOf(aPayment({ totalCents: 0n, gift: cents(5) }), 100n)).toEqual(zero())
  })

  test('is taken for a refund besides what was taken before', () => {
    const payment = aPayment({ totalCents: 300n, credit: cents(100), gift: cents(50) })
    const giftLeft = cents(50)
    expect(takenBy({ payment, returnedCents: 0n, giftLeft }, 100n)).toEqual({
      credit: money(333_333_333n),
      gift: money(166_666_666n),
    })
    expect(takenBy({ payment, returnedCents: 200n, giftLeft }, 100n)).toEqual({
      credit: money(333_333_334n),
      gift: money(166_666_667n),
    })
    expect(takenBy({ payment, returnedCents: 0n, giftLeft: cents(3) }, 300n).gift).toEqual(cents(3))
  })
})

const aClaim = fc.record({
  stance: fc.constantFrom<Claim['stance']>('nothing', 'frozen', 'taken'),
  amountCents: fc.bigInt({ min: 1n, max: 3000n }),
})

const somePayment = fc
  .record({
    totalCents: fc.bigInt({ min: 1n, max: 5000n }),
    credit: fc.bigInt({ min: 0n, max: 5000n }),
    gift: fc.bigInt({ min: 0n, max: 5000n }),
  })
  .map(({ totalCents, credit, gift }) => ({ totalCents, credit: cents(credit), gift: cents(gift) }))

describe('what claims take', () => {
  test('each takes its part in order, and what is beyond the payment takes nothing', () => {
    const payment = aPayment({ gift: cents(100) })
    const claims: Claim[] = [
      { stance: 'taken', amountCents: 300n },
      { stance: 'nothing', amountCents: 900n },
      { stance: 'frozen', amountCents: 600n },
      { stance: 'taken', amountCents: 600n },
      { stance: 'taken', amountCents: 1n },
    ]
    const none = zero()
    expect(targetsOf(payment, claims)).toEqual([
      { taken: cents(300), gift: cents(30), frozen: none },
      { taken: none, gift: none, frozen: none },
      { taken: none, gift: none, frozen: cents(600) },
      { taken: cents(100), gift: cents(10), frozen: none },
      { taken: none, gift: none, frozen: none },
    ])
  })

  test('together they never take more than the payment brought, and exactly all of it once all of the money is gone', () => {
    fc.assert(
      fc.property(somePayment, fc.array(aClaim, { maxLength: 6 }), (payment, claims) => {
        const targets = targetsOf(payment, claims)
        const taken = sum(targets.map((target) => add(target.taken, target.frozen)))
        const claimed = claims.reduce(
          (total, claim) => total + (claim.stance === 'nothing' ? 0n : claim.amountCents),
          0n,
        )
        expect(taken).toEqual(creditOf(payment, claimed))
        expect(isMore(taken, payment.credit)).toBe(false)
        if (claimed >= payment.totalCents) expect(taken).toEqual(payment.credit)
        expect(isMore(sum(targets.map(({ gift }) => gift)), payment.gift)).toBe(false)
        targets.forEach((target, index) => {
          const { stance } = claims[index]!
          if (stance !== 'taken') expect([target.taken, target.gift]).toEqual([zero(), zero()])
          if (stance !== 'frozen') expect(target.frozen).toEqual(zero())
          expect(target.taken.nanos >= 0n && target.frozen.nanos >= 0n && target.gift.nanos >= 0n).toBe(true)
        })
      }),
    )
  })
})

describe('how much can be returned', () => {
  test.each([
    // total, credit, returned, left, available, unused money, rest
    [1000n, 1000, 0n, 1000, 1000, 1000n, 1000n],
    [1000n, 1000, 0n, 400, 1000, 400n, 1000n],
    [1000n, 1000, 0n, 1000, 400, 400n, 1000n],
    [1190n, 1000, 0n, 1000, 2000, 1190n, 1190n],
    [1190n, 1000, 0n, 500, 2000, 595n, 1190n],
    [1190n, 1000, 0n, 1, 2000, 1n, 1190n],
    [1190n, 1000, 595n, 500, 2000, 595n, 595n],
    [1190n, 1000, 595n, 100, 2000, 119n, 595n],
    [1000n, 1000, 1000n, 0, 500, 0n, 0n],
    [1000n, 1000, 1200n, 0, 500, 0n, 0n],
    [1000n, 1000, 0n, 1000, -5, 0n, 1000n],
    [1000n, 1000, 900n, 500, 500, 100n, 100n],
    [0n, 0, 0n, 0, 500, 0n, 0n],
  ])(
    'of %s cents for %s of credit, %s returned, %s left, %s available: %s unused, %s in all',
    (totalCents, credit, returnedCents, left, available, unusedCents, restCents) => {
      const payment = aPayment({ totalCents, credit: cents(credit) })
      expect(refundableOf(facts({ payment, returnedCents, left: cents(left), available: cents(available) }))).toEqual({
        unusedCents,
        restCents,
      })
    },
  )

  test('is all of the rest when nothing of it was used, whatever was rounded before', () => {
    const payment = aPayment({ totalCents: 1190n })
    const left = money(9_991_596_639n) // all but the credit of one returned cent
    expect(refundableOf(facts({ payment, returnedCents: 1n, left, available: cents(2000) }))).toEqual({
      unusedCents: 1189n,
      restCents: 1189n,
    })
    const less = money(9_991_596_638n)
    expect(refundableOf(facts({ payment, returnedCents: 1n, left: less, available: cents(2000) })).unusedCents).toBe(
      1188n,
    )
  })

  test('is rounded down to the cent', () => {
    expect(refundableOf(facts({ left: money(9_999_999_999n) })).unusedCents).toBe(999n)
    expect(refundableOf(facts({ left: money(9_999_999n) })).unusedCents).toBe(0n)
  })

  test('never takes more credit than is unused, whatever was returned before', () => {
    fc.assert(
      fc.property(
        somePayment,
        fc.bigInt({ min: 0n, max: 5000n }),
        fc.bigInt({ min: 0n, max: 50_000_000_000n }),
        (payment, returned, leftNanos) => {
          const returnedCents = returned % (payment.totalCents + 1n)
          const most = payment.credit.nanos - creditOf(payment, returnedCents).nanos
          const left = money(leftNanos < most ? leftNanos : most)
          const { unusedCents, restCents } = refundableOf(
            facts({ payment, returnedCents, left, available: cents(100_000) }),
          )
          expect(takenBy(facts({ payment, returnedCents }), unusedCents).credit.nanos).toBeLessThanOrEqual(left.nanos)
          expect(unusedCents).toBeLessThanOrEqual(restCents)
          expect(returnedCents + restCents).toBe(payment.totalCents)
        },
      ),
    )
  })
})

describe('when a refund can be made', () => {
  const day = 24
  test.each<[RefundBlock | null, Partial<RefundFacts>, Date, number | null]>([
    [null, {}, soon, day],
    ['not_paid', { isPaid: false }, soon, day],
    ['not_paid', { paidAt: null }, soon, day],
    ['nothing_paid', { payment: aPayment({ totalCents: 0n }) }, soon, day],
    [null, { payment: aPayment({ totalCents: 1n, credit: cents(1) }), left: cents(1) }, soon, day],
    ['all_returned', { returnedCents: 1000n }, soon, day],
    ['disputed', { isDisputed: true }, soon, null],
    ['under_way', { isUnderWay: true }, soon, null],
    [null, {}, new Date(paidAt.getTime() + 24 * hourMs), day],
    ['window_over', {}, new Date(paidAt.getTime() + 24 * hourMs + 1), day],
    ['window_over', {}, new Date(paidAt.getTime() + 1), 0],
    [null, {}, new Date(paidAt.getTime() + 999 * hourMs), null],
    ['all_used', { left: zero() }, soon, day],
    ['all_used', { available: zero() }, soon, day],
    [null, { left: zero() }, soon, null],
  ])('%s', (block, changes, at, windowHours) => {
    expect(blockOf(facts(changes), at, windowHours)).toBe(block)
  })

  test('every reason has a sentence of its own', () => {
    const blocks: RefundBlock[] = [
      'not_paid',
      'nothing_paid',
      'all_returned',
      'disputed',
      'under_way',
      'window_over',
      'all_used',
    ]
    expect(blocks.map(blockText)).toMatchInlineSnapshot(`
      [
        "This purchase has not been paid, so there is nothing to return.",
        "Nothing was paid for this purchase, so there is nothing to return.",
        "All that was paid for this purchase has been returned already.",
        "This payment is disputed. The bank decides about it, so it cannot be refunded here as well.",
        "A refund of this purchase is under way. Wait until it is made, then ask for the rest.",
        "The time in which you can refund this purchase yourself is over. Ask the operator of this platform.",
        "The credit of this purchase is used up or held by running requests, so nothing of it can be returned.",
      ]
    `)
  })

  test('the window ends so many hours after the payment', () => {
    expect(windowEnd(paidAt, 24).toISOString()).toBe('2026-11-22T12:00:00.000Z')
  })
})

describe('a refund', () => {
  const customer = { at: soon, windowHours: 24, isBeyondUnused: false }
  const operator = { at: soon, windowHours: null, isBeyondUnused: false }
  const refused = (run: () => unknown) => {
    try {
      run()
    } catch (error) {
      if (error instanceof Refusal) return `${error.code} ${error.facts.field ?? error.facts.because}: ${error.message}`
    }
    return 'not refused'
  }

  test('returns all that is unused unless told otherwise', () => {
    expect(decideRefund(facts({ left: cents(400) }), undefined, customer)).toEqual({ amountCents: 400n })
    expect(decideRefund(facts({ left: cents(400) }), ' 1.50 ', customer)).toEqual({ amountCents: 150n })
    expect(decideRefund(facts({ left: cents(400) }), '4.00', customer)).toEqual({ amountCents: 400n })
    expect(decideRefund(facts({ left: cents(400) }), undefined, operator)).toEqual({ amountCents: 400n })
    expect(decideRefund(facts({ left: cents(400) }), '0.01', operator)).toEqual({ amountCents: 1n })
  })

  test('by an operator returns used credit when that is confirmed, and never more than was paid', () => {
    const confirmed = { ...operator, isBeyondUnused: true }
    const spent = facts({ left: cents(400), returnedCents: 100n })
    expect(decideRefund(spent, undefined, confirmed)).toEqual({ amountCents: 900n })
    expect(decideRefund(spent, '9.00', confirmed)).toEqual({ amountCents: 900n })
    expect(refused(() => decideRefund(spent, '9.01', confirmed))).toBe(
      'amount_too_large amount: At most $9.00 of this purchase can be returned.',
    )
    expect(refused(() => decideRefund(spent, '4.01', operator))).toBe(
      'refund_beyond_unused isBeyondUnused: $4.00 of this purchase is unused. To return more, confirm that used credit is taken back: the balance may go below zero.',
    )
    expect(refused(() => decideRefund(facts({ left: zero() }), undefined, operator))).toMatch(
      /^refund_beyond_unused .*: \$0\.00 of this/,
    )
  })

  test('says what is wrong with an amount', () => {
    const partly = facts({ left: cents(400) })
    expect(refused(() => decideRefund(partly, '4.01', customer))).toBe(
      'amount_too_large amount: At most $4.00 of this purchase can be returned: the part that is unused.',
    )
    expect(refused(() => decideRefund(partly, '0.009', customer))).toBe(
      'amount_too_small amount: The smallest refund is $0.01.',
    )
    expect(refused(() => decideRefund(partly, '-1', customer))).toMatch(/^amount_too_small amount/)
    expect(refused(() => decideRefund(partly, '1.005', customer))).toBe(
      'invalid_amount amount: Refunds are made in whole cents. Enter an amount such as 25.50.',
    )
    expect(refused(() => decideRefund(partly, 'all', customer))).toMatch(/^invalid_amount amount/)
  })

  test('that cannot be made says why', () => {
    expect(refused(() => decideRefund(facts({ isDisputed: true }), undefined, customer))).toBe(
      `refund_not_possible disputed: ${blockText('disputed')}`,
    )
  })
})

test('an unconfirmed refund is looked at after 5 s, 10 s, 20 s and so on, at most every 15 minutes', () => {
  const waits = [0, 1, 2, 7, 8, 1000].map((tries) => (nextTryAt(paidAt, tries).getTime() - paidAt.getTime()) / 1000)
  expect(waits).toEqual([5, 10, 20, 640, 900, 900])
  expect(resendForMs).toBe(23 * hourMs)
  expect(pendingLookMs).toBe(hourMs)
})

test.each([
  [-1n, 5n, 4n, true],
  [0n, 5n, 4n, false],
  [-1n, 4n, 5n, false],
  [-1n, 0n, 0n, false],
])(
  'a balance of %s, taken at %s, bought at %s: a debt of what was taken back: %s',
  (nanos, taken, bought, expected) => {
    expect(isTakenBackDebt({ balance: money(nanos), lastTakenSeq: taken, lastBoughtSeq: bought })).toBe(expected)
  },
)
