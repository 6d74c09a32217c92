import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId } from '@/lib/core/ids'
import { add, cents, formatMoney, isMore, type Money, money, subtract, sum, zero } from '@/lib/core/money'
import type { Stance } from '../disputes/rules'
import { AccountBook } from '../ledger/book'
import { bringInLine, type Drawn, type GrantedPayment, type PostedClaim } from './take-back'

const at = new Date('2026-11-21T12:00:00Z')

interface World {
  book: AccountBook
  payment: GrantedPayment
}

const anEmptyBook = () => new AccountBook(newId(), zero(), zero(), 0n, '0'.repeat(64), [])

/** A purchase with what a promotion code gave, as settling makes it. */
function buy(
  book: AccountBook,
  { credit = 1000, gift = 0, giftPriority = 110, totalCents = 1000n } = {},
): GrantedPayment {
  const cause = `purchase:${book.head.seq}`
  const paid = book.credit('purchase', cause, { source: 'purchase', amount: cents(credit) }, at)
  const given = gift
    ? book.credit('promotion', cause, { source: 'promotion', amount: cents(gift), priority: giftPriority }, at)
    : null
  return {
    totalCents,
    credit: cents(credit),
    gift: cents(gift),
    grantId: paid.grantId,
    giftGrantId: given?.grantId ?? null,
  }
}

/**
 * An account with one purchase of $10.00, perhaps with tax and a gift, and other credit that burns before (`sooner`) or after it;
 * `used` was spent of all of it.
 */
function aWorld({ sooner = 0, other = 0, used = 0n, ...bought }: Parameters<typeof buy>[1] & WorldBesides = {}): World {
  const book = anEmptyBook()
  const payment = buy(book, bought)
  for (const [amount, priority] of [
    [sooner, 105],
    [other, 120],
  ] as const) {
    if (amount) book.credit('purchase', 'purchase:other', { source: 'purchase', amount: cents(amount), priority }, at)
  }
  if (used > 0n) book.charge('usage:1', money(used), at)
  return { book, payment }
}

interface WorldBesides {
  sooner?: number
  other?: number
  used?: bigint
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

/** What the book's transfers have drawn from each grant, as the database adds it up. */
function drawnOf({ book, payment }: World, claims: PostedClaim[]): Drawn {
  const causeOf = new Map(book.newTransfers.map(({ seq, cause }) => [seq, cause]))
  const drawn = (isOurs: (cause: string) => boolean) =>
    book.openGrants.map(({ grantId }) => ({
      grantId,
      amount: sum(
        book.newDraws
          .filter((draw) => draw.grantId === grantId && isOurs(causeOf.get(draw.transferSeq)!))
          .map(({ amount }) => amount),
      ),
    }))
  return {
    byClaims: drawn((cause) => claims.some(({ kind, id }) => cause.startsWith(`${kind}:${id}/`))),
    ofGift:
      drawn((cause) => /^(refund|dispute):/.test(cause)).find(({ grantId }) => grantId === payment.giftGrantId)
        ?.amount ?? zero(),
  }
}

const line = (world: World, ...claims: PostedClaim[]) => {
  bringInLine(world.book, world.payment, { claims, drawn: drawnOf(world, claims) }, at)
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

  test('returns the gift that used credit was taken from meanwhile, whichever of two refunds is heard of first', () => {
    for (const amounts of [
      [200n, 800n],
      [800n, 200n],
    ]) {
      const world = aWorld({ gift: 200, used: cents(1000).nanos })
      const refunds = amounts.map((amount, place) => aClaim('refund', `r${place}`, 'taken', amount))
      line(world, refunds[0]!)
      line(world, ...refunds)
      expect(formatMoney(sum(refunds.map(({ gift }) => gift)))).toBe('2.00')
      expect(formatMoney(world.book.balance)).toBe('-10.00')
    }
  })

  test('leaves a gift alone that usage has taken', () => {
    const world = aWorld({ gift: 200, giftPriority: 90, used: cents(150).nanos })
    const refunds = [aClaim('refund', 'a', 'taken', 500n), aClaim('refund', 'b', 'taken', 500n)]
    line(world, ...refunds)
    expect(refunds.map(({ gift }) => formatMoney(gift))).toEqual(['0.50', '0.00'])
    expect(formatMoney(world.book.balance)).toBe('0.00')
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
const purchase = fc.record({
  credit: fc.constantFrom(1000, 300),
  gift: fc.constantFrom(0, 200, 333, 900),
  giftPriority: fc.constantFrom(90, 100, 110, 130),
  totalCents: fc.constantFrom(1000n, 1190n, 777n),
})
const history = fc.record({
  amounts: fc.array(fc.bigInt({ min: 1n, max: 1300n }), { minLength: 1, maxLength: 4 }),
  firstDispute: fc.nat({ max: 4 }),
  steps: fc.array(step, { maxLength: 12 }),
  looks: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
  order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
  world: fc
    .tuple(
      purchase,
      fc.record({
        sooner: fc.constantFrom(0, 150),
        other: fc.constantFrom(0, 100, 700),
        used: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 30_000_000_000n })),
      }),
    )
    .map(([bought, besides]) => ({ ...bought, ...besides })),
})

test('whichever moments of a history are seen, the books end as if only its end had been seen', () => {
  fc.assert(
    fc.property(history, ({ amounts, firstDispute, steps, looks, order, world: wanted }) => {
      const make = () =>
        amounts.map((amount, index) =>
          aClaim(index < firstDispute ? 'refund' : 'dispute', `c${index}`, 'nothing', amount),
        )
      const seen = { world: aWorld(wanted), claims: make() }
      const clean = { world: aWorld(wanted), claims: make() }
      // The same in which the refunds were heard of in another order.
      const other = { world: aWorld(wanted), claims: make() }
      const shuffled = order.flatMap((index) =>
        index < Math.min(firstDispute, amounts.length) ? [other.claims[index]!] : [],
      )
      const inOrder = [...shuffled, ...other.claims.slice(firstDispute)]
      steps.forEach(({ place, stance }, index) => {
        const claim = seen.claims[place % amounts.length]!
        claim.stance = claim.kind === 'refund' && stance === 'frozen' ? 'taken' : stance
        for (const { claims } of [clean, other]) claims[place % amounts.length]!.stance = claim.stance
        if (looks[index]) line(seen.world, ...seen.claims)
        else line(other.world, ...inOrder)
      })
      line(seen.world, ...seen.claims)
      line(other.world, ...inOrder)
      line(clean.world, ...clean.claims)
      expect(outcome(seen)).toEqual(outcome(clean))
      expect(totals(other)).toEqual(totals(clean))

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

function totals({ world, claims }: { world: World; claims: PostedClaim[] }) {
  const { balance, grants } = outcome({ world, claims })
  const total = (part: 'taken' | 'gift' | 'frozen') => formatMoney(sum(claims.map((claim) => claim[part])))
  return { balance, grants, taken: total('taken'), gift: total('gift'), frozen: total('frozen') }
}

// Several purchases whose refunds and lost disputes stand in for each other's used credit.
const manyPurchases = fc.record({
  purchases: fc.array(purchase, { minLength: 2, maxLength: 3 }),
  used: fc.bigInt({ min: 0n, max: 40_000_000_000n }),
  amounts: fc.array(fc.bigInt({ min: 1n, max: 1300n }), { minLength: 6, maxLength: 6 }),
  news: fc.array(fc.record({ claim: fc.nat({ max: 5 }), isTaken: fc.boolean(), isSeen: fc.boolean() }), {
    maxLength: 20,
  }),
})

interface Many {
  book: AccountBook
  sold: { world: World; claims: PostedClaim[] }[]
}

function aBookOfMany({ purchases, amounts }: { purchases: Parameters<typeof buy>[1][]; amounts: bigint[] }): Many {
  const book = anEmptyBook()
  const sold = purchases.map((bought, place) => ({
    world: { book, payment: buy(book, bought) },
    claims: amounts
      .map((amount, index) => aClaim(index % 2 ? 'refund' : 'dispute', `${place}-${index}`, 'nothing', amount))
      .filter((_, index) => index % purchases.length === place)
      .sort((a, b) => (a.kind === b.kind ? 0 : a.kind === 'refund' ? -1 : 1)),
  }))
  return { book, sold }
}

const claimAt = ({ sold }: Many, index: number) => sold.flatMap(({ claims }) => claims)[index]!

/** News of the purchase that a claim is about; without one, of each. */
function hear({ sold }: Many, about?: PostedClaim): void {
  for (const { world, claims } of sold) if (!about || claims.includes(about)) line(world, ...claims)
}

const sums = ({ book, sold }: Many) => ({
  balance: formatMoney(book.balance),
  taken: sold.map((one) => [totals(one).taken, totals(one).gift]),
})

test('the news of several purchases may come in any order: the balance, and what was taken for each, end the same', () => {
  fc.assert(
    fc.property(manyPurchases, ({ used, news, ...wanted }) => {
      const [seen, clean] = [aBookOfMany(wanted), aBookOfMany(wanted)]
      for (const { book } of [seen, clean]) if (used > 0n) book.charge('usage:1', money(used), at)
      for (const { claim, isTaken, isSeen } of news) {
        for (const many of [seen, clean]) claimAt(many, claim).stance = isTaken ? 'taken' : 'nothing'
        if (isSeen) hear(seen, claimAt(seen, claim))
      }
      hear(seen)
      hear(clean)
      expect(sums(seen)).toEqual(sums(clean))
    }),
    { numRuns: 1000 },
  )
})

test('a gift that was returned stays returned, though its grant got credit back from another purchase and lost it to usage', () => {
  const book = anEmptyBook()
  const [lent, own] = [buy(book, { credit: 2000, totalCents: 2000n }), buy(book, { gift: 1000 })].map((payment) => ({
    book,
    payment,
  }))
  book.charge('usage:1', cents(2000), at)
  const [failing, refund] = [aClaim('refund', 'a', 'taken', 2000n), aClaim('refund', 'b', 'taken', 1000n)]
  line(lent!, failing)
  line(own!, refund)
  expect(formatMoney(book.balance)).toBe('-20.00')
  buy(book, { credit: 5000 })
  failing.stance = 'nothing'
  line(lent!, failing)
  expect(formatMoney(book.leftOf(own!.payment.giftGrantId!))).toBe('10.00')
  book.charge('usage:2', cents(5000), at)
  line(own!, refund)
  expect([formatMoney(refund.gift), formatMoney(book.balance)]).toEqual(['10.00', '0.00'])
})

test('with usage and purchases between the news, no more is taken than was demanded, and what fails leaves nothing taken', () => {
  const between = fc.array(
    fc.record({ after: fc.nat({ max: 20 }), use: fc.nat({ max: 900 }), buy: fc.nat({ max: 900 }) }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(manyPurchases, between, ({ used, news, ...wanted }, events) => {
      const many = aBookOfMany(wanted)
      const { book } = many
      if (used > 0n) book.charge('usage:1', money(used), at)
      const bought = sum(book.newGrants.map(({ amount }) => amount))
      let other = subtract(bought, money(used))
      news.forEach(({ claim, isTaken }, index) => {
        for (const { use, buy: more } of events.filter(({ after }) => after === index)) {
          if (use) book.charge(`usage:${book.head.seq}`, cents(use), at)
          if (more) buy(book, { credit: more })
          other = subtract(add(other, cents(more)), cents(use))
        }
        claimAt(many, claim).stance = isTaken ? 'taken' : 'nothing'
        hear(many, claimAt(many, claim))
        const claims = many.sold.flatMap((one) => one.claims)
        expect(book.balance).toEqual(claims.reduce((rest, { taken, gift }) => subtract(rest, add(taken, gift)), other))
        for (const { world, claims } of many.sold) {
          expect(isMore(sum(claims.map(({ taken }) => taken)), world.payment.credit)).toBe(false)
          expect(isMore(sum(claims.map(({ gift }) => gift)), world.payment.gift)).toBe(false)
        }
      })
      for (const { claims } of many.sold) for (const claim of claims) claim.stance = 'nothing'
      hear(many)
      expect(book.balance).toEqual(other)
    }),
    { numRuns: 1000 },
  )
})
