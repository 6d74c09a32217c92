import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { cents, formatMoney, type Money, money, zero } from '@/lib/core/money'
import type { Stance } from '../disputes/rules'
import { AccountBook } from '../ledger/book'
import { type Borrowed, bringInLine, type GrantedPayment, type PostedClaim } from './take-back'

const at = new Date('2026-11-21T12:00:00Z')

interface World {
  book: AccountBook
  payment: GrantedPayment
  borrowed: Borrowed
}

/** An account with other credit, and one purchase of $10.00, perhaps with tax and a gift; `used` was spent of all of it. */
function aWorld({ other = 0, credit = 1000, gift = 0, totalCents = 1000n, used = 0n } = {}): World {
  const book = new AccountBook(newId(), zero(), zero(), 0n, '0'.repeat(64), [])
  const paid = book.credit('purchase', 'purchase:1', { source: 'purchase', amount: cents(credit) }, at)
  const given = gift
    ? book.credit('promotion', 'purchase:1', { source: 'promotion', amount: cents(gift), priority: 110 }, at)
    : null
  if (other) {
    book.credit('purchase', 'purchase:2', { source: 'purchase', amount: cents(other), priority: 120 }, at)
  }
  if (used > 0n) book.charge('usage:1', money(used), at)
  return {
    book,
    borrowed: [],
    payment: {
      totalCents,
      credit: cents(credit),
      gift: cents(gift),
      grantId: paid.grantId,
      giftGrantId: given?.grantId ?? null,
    },
  }
}

const aClaim = (kind: PostedClaim['kind'], id: string, stance: Stance, amountCents: bigint): PostedClaim => ({
  kind,
  id,
  stance,
  amountCents,
  taken: zero(),
  gift: zero(),
  frozen: zero(),
  movements: 0,
})

/** What was posted since the world was made, one line a transfer. */
const postedBy = ({ book }: World, from = 0): string[] =>
  book.newTransfers
    .filter(({ kind }) => !['purchase', 'usage'].includes(kind))
    .filter(({ cause }) => /^(refund|dispute):/.test(cause))
    .slice(from)
    .map(({ kind, cause, amount }) => `${kind} ${cause} ${formatMoney(amount)}`)

const line = (world: World, ...claims: PostedClaim[]) => {
  bringInLine(world.book, world.payment, { claims, borrowed: world.borrowed }, at)
  world.book.checkGrants()
}

describe('a refund', () => {
  test('takes its share once, and gives it back once when it fails', () => {
    const world = aWorld({ totalCents: 1190n })
    const refund = aClaim('refund', 'a', 'taken', 595n)
    line(world, refund)
    line(world, refund)
    expect(postedBy(world)).toEqual(['refund refund:a/1 5.00'])
    refund.stance = 'nothing'
    line(world, refund)
    line(world, refund)
    expect(postedBy(world, 1)).toEqual(['refund_reversed refund:a/2 5.00'])
    expect(world.book.leftOf(world.payment.grantId!)).toEqual(cents(1000))
    refund.stance = 'taken'
    line(world, refund)
    expect(postedBy(world, 2)).toEqual(['refund refund:a/3 5.00'])
  })

  test('of spent credit takes other credit, and then makes a debt', () => {
    const world = aWorld({ other: 300, used: cents(800).nanos })
    line(world, aClaim('refund', 'a', 'taken', 1000n))
    expect(formatMoney(world.book.balance)).toBe('-5.00')
  })

  test('that fails gives back to the grants that stood in, the last one first', () => {
    const world = aWorld({ other: 300, used: cents(800).nanos })
    const last = world.book.credit(
      'purchase',
      'purchase:3',
      { source: 'purchase', amount: cents(400), priority: 130 },
      at,
    )
    const [first, second] = [aClaim('refund', 'a', 'taken', 500n), aClaim('refund', 'b', 'taken', 500n)]
    line(world, first, second)
    expect(formatMoney(world.book.balance)).toBe('-1.00')
    second.stance = 'nothing'
    line(world, first, second)
    // The debt of $1.00 was made last and is paid first; then the grant that gave last has its $4.00 again.
    expect(formatMoney(world.book.leftOf(last.grantId))).toBe('4.00')
    first.stance = 'nothing'
    line(world, first, second)
    expect(world.book.openGrants.map(({ remaining }) => formatMoney(remaining))).toEqual(['2.00', '3.00', '4.00'])
  })

  test('takes the gift in the same share, as far as it is left, and before the gift pays for anything else', () => {
    const world = aWorld({ gift: 400, used: cents(1100).nanos })
    const refund = aClaim('refund', 'a', 'taken', 500n)
    line(world, refund)
    // $3.00 of the gift are left; its share of $2.00 is returned first, and the last $1.00 pays for the used credit.
    expect(postedBy(world)).toEqual(['promotion_returned refund:a/1 2.00', 'refund refund:a/2 5.00'])
    expect(formatMoney(world.book.balance)).toBe('-4.00')
    refund.stance = 'nothing'
    line(world, refund)
    expect(postedBy(world, 2)).toEqual(['refund_reversed refund:a/3 5.00', 'promotion refund:a/4 2.00'])
    expect(formatMoney(world.book.balance)).toBe('3.00')
  })

  test('of a payment without a grant moves nothing', () => {
    const world = aWorld()
    world.payment = { ...world.payment, grantId: null, credit: zero() }
    line(world, aClaim('refund', 'a', 'taken', 1000n), aClaim('dispute', 'b', 'frozen', 1000n))
    expect(postedBy(world)).toEqual([])
  })
})

describe('a dispute', () => {
  test('freezes what is left, at most the disputed part', () => {
    const world = aWorld({ other: 500, used: cents(300).nanos })
    line(world, aClaim('dispute', 'd', 'frozen', 1000n))
    expect(postedBy(world)).toEqual(['dispute_frozen dispute:d/1 7.00'])
    expect(formatMoney(world.book.balance)).toBe('5.00')

    const partly = aWorld({ used: cents(300).nanos })
    line(partly, aClaim('dispute', 'd', 'frozen', 400n))
    expect(postedBy(partly)).toEqual(['dispute_frozen dispute:d/1 4.00'])
  })

  test('that is lost takes all of the disputed part, spent or not; on appeal it is won back', () => {
    const world = aWorld({ gift: 200, used: cents(300).nanos })
    const dispute = aClaim('dispute', 'd', 'frozen', 1000n)
    line(world, dispute)
    dispute.stance = 'taken'
    line(world, dispute)
    expect(postedBy(world, 1)).toEqual([
      'dispute_released dispute:d/2 7.00',
      'promotion_returned dispute:d/3 2.00',
      'dispute_lost dispute:d/4 10.00',
    ])
    expect(formatMoney(world.book.balance)).toBe('-3.00')
    dispute.stance = 'nothing'
    line(world, dispute)
    expect(postedBy(world, 4)).toEqual(['dispute_won_back dispute:d/5 10.00', 'promotion dispute:d/6 2.00'])
    expect(formatMoney(world.book.balance)).toBe('9.00')
  })

  test('gives way to a refund that comes after it, as if the refund had come first', () => {
    const world = aWorld({ other: 500, used: cents(800).nanos })
    const dispute = aClaim('dispute', 'd', 'frozen', 1000n)
    line(world, dispute)
    expect(formatMoney(dispute.frozen)).toBe('2.00')
    const refund = aClaim('refund', 'a', 'taken', 500n)
    line(world, refund, dispute)
    expect(postedBy(world, 1)).toEqual(['dispute_released dispute:d/2 2.00', 'refund refund:a/1 5.00'])
    expect(formatMoney(world.book.balance)).toBe('2.00')
  })

  test('keeps what it froze when the account owes for something else', () => {
    const world = aWorld({ used: cents(800).nanos })
    const dispute = aClaim('dispute', 'd', 'frozen', 1000n)
    line(world, dispute)
    world.book.charge('usage:2', cents(300), at)
    line(world, dispute)
    expect(formatMoney(dispute.frozen)).toBe('2.00')
    expect(formatMoney(world.book.balance)).toBe('-3.00')
  })

  test('freezes more when a refund failed, for its part grows and the grant has more left', () => {
    const world = aWorld()
    const refund = aClaim('refund', 'a', 'taken', 400n)
    const dispute = aClaim('dispute', 'd', 'frozen', 1000n)
    line(world, refund, dispute)
    expect(formatMoney(dispute.frozen)).toBe('6.00')
    refund.stance = 'nothing'
    line(world, refund, dispute)
    expect(formatMoney(dispute.frozen)).toBe('10.00')
  })

  test('lost beside one that is open takes its part before the other freezes', () => {
    const world = aWorld({ other: 500, used: cents(600).nanos })
    const open = aClaim('dispute', 'd', 'frozen', 500n)
    line(world, open)
    const lost = aClaim('dispute', 'e', 'taken', 500n)
    line(world, open, lost)
    expect([open.frozen, lost.taken].map(formatMoney)).toEqual(['0.00', '5.00'])
    expect(formatMoney(world.book.balance)).toBe('4.00')
  })
})

// Any history of refunds and disputes: each step changes one of them, or adds the next.
const step = fc.record({
  place: fc.nat({ max: 4 }),
  stance: fc.constantFrom<Stance>('nothing', 'frozen', 'taken'),
})
const history = fc.record({
  amounts: fc.array(fc.bigInt({ min: 1n, max: 1300n }), { minLength: 1, maxLength: 4 }),
  firstDispute: fc.nat({ max: 4 }),
  steps: fc.array(step, { maxLength: 12 }),
  looks: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
  world: fc.oneof(
    fc.record({
      other: fc.constantFrom(0, 700),
      gift: fc.constant(0),
      totalCents: fc.constantFrom(1000n, 1190n, 777n),
      used: fc.bigInt({ min: 0n, max: 17_000_000_000n }),
    }),
    fc.record({
      other: fc.constantFrom(0, 700),
      gift: fc.constantFrom(200, 333),
      totalCents: fc.constantFrom(1000n, 1190n, 777n),
      used: fc.constant(0n),
    }),
  ),
})

test('whichever moments of a history are seen, the books end as if only its end had been seen', () => {
  fc.assert(
    fc.property(history, ({ amounts, firstDispute, steps, looks, world: wanted }) => {
      const make = () =>
        amounts.map((amount, index) =>
          aClaim(index < firstDispute ? 'refund' : 'dispute', `c${index}`, 'nothing', amount),
        )
      const seen = { world: aWorld(wanted), claims: make() }
      const clean = { world: aWorld(wanted), claims: make() }
      steps.forEach(({ place, stance }, index) => {
        const claim = seen.claims[place % amounts.length]!
        claim.stance = claim.kind === 'refund' && stance === 'frozen' ? 'taken' : stance
        clean.claims[place % amounts.length]!.stance = claim.stance
        if (looks[index]) line(seen.world, ...seen.claims)
      })
      line(seen.world, ...seen.claims)
      line(clean.world, ...clean.claims)
      expect(outcome(seen)).toEqual(outcome(clean))

      const posted = seen.world.book.newTransfers.length
      line(seen.world, ...seen.claims)
      expect(seen.world.book.newTransfers.length).toBe(posted)
    }),
    { numRuns: 1500 },
  )
})

function outcome({ world, claims }: { world: World; claims: PostedClaim[] }) {
  const shown = (amount: Money) => formatMoney(amount)
  return {
    balance: shown(world.book.balance),
    grants: world.book.openGrants.map(({ remaining }) => shown(remaining)),
    claims: claims.map(({ taken, gift, frozen }) => [taken, gift, frozen].map(shown)),
  }
}
