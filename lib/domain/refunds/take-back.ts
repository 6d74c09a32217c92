/** Brings an account's book in line with the refunds and disputes of one payment: target less what was posted, once. */
import { add, atLeastZero, isPositive, least, type Money, most, subtract, sum, zero } from '@/lib/core/money'
import { compareBurnOrder, type Draw } from '../grants/rules'
import type { AccountBook } from '../ledger'
import type { ReturningKind, TakingKind } from '../ledger/rules'
import { type Claim, type Payment, type Target, targetsOf } from './rules'

/** A refund or dispute with what has been taken back for it so far. Changed in place; the caller stores it. */
export interface PostedClaim extends Claim {
  kind: 'refund' | 'dispute'
  /** Our own id of the refund or dispute. */
  id: string
  taken: Money
  gift: Money
  frozen: Money
  /** How many transfers it has made: the number in the cause of the latest. */
  movements: number
}

/** A payment with the grants that it became. A grant that it did not become is null. */
export interface GrantedPayment extends Payment {
  grantId: string | null
  giftGrantId: string | null
}

/** What grants have given for refunds and disputes, less what they got back. */
export interface Drawn {
  /** For this payment's, by grant. Changed in place. */
  byClaims: Draw[]
  /** The gift's grant alone, for those of any payment. */
  ofGift: Money
}

type Part = 'taken' | 'gift' | 'frozen'

const takingKinds: Record<PostedClaim['kind'], Record<Part, TakingKind>> = {
  refund: { taken: 'refund', gift: 'promotion_returned', frozen: 'dispute_frozen' },
  dispute: { taken: 'dispute_lost', gift: 'promotion_returned', frozen: 'dispute_frozen' },
}

const returningKinds: Record<PostedClaim['kind'], Record<Part, ReturningKind>> = {
  refund: { taken: 'refund_reversed', gift: 'promotion', frozen: 'dispute_released' },
  dispute: { taken: 'dispute_won_back', gift: 'promotion', frozen: 'dispute_released' },
}

/**
 * Posts what is missing between what the claims should take back and what they have taken so far. What is given back comes
 * first. A refund or a lost dispute takes its credit in full, spent or not, and before any dispute freezes; its share of the
 * gift, as far as nobody used the gift: so the books end the same in whatever order the news came. A dispute freezes what is
 * left of the grant. What is given back returns to the grants that it was taken from. Run again with the same claims it posts
 * nothing.
 */
export function bringInLine(
  book: AccountBook,
  payment: GrantedPayment,
  { claims, drawn }: { claims: PostedClaim[]; drawn: Drawn },
  at: Date,
): void {
  const posting = new Posting(book, payment, claims, drawn.byClaims, at)
  const targets = withinGift(targetsOf(payment, claims), returnableGift(book, payment, { claims, drawn }))
  const pairs = claims.map((claim, index) => ({ claim, target: targets[index]! }))

  for (const { claim, target } of pairs) {
    for (const part of ['frozen', 'taken', 'gift'] as const) posting.giveBackAbove(claim, part, target[part])
  }
  const freezes = decideFreezes(pairs, posting.left('taken'))
  for (const { claim, most } of freezes) posting.giveBackAbove(claim, 'frozen', most)
  for (const { claim, target } of pairs) {
    // The gift first, from its own grant: used credit would draw on it.
    posting.takeUpTo(claim, 'gift', target.gift)
    posting.takeUpTo(claim, 'taken', target.taken)
  }
  for (const { claim, most } of freezes) {
    posting.takeUpTo(claim, 'frozen', least(most, add(claim.frozen, posting.left('frozen'))))
  }
}

/**
 * How much of the gift can be returned in all: what is left of it, and what refunds and disputes have drawn from it already,
 * as a share of it or in place of used credit. The rest is used or expired, and no debt. What was returned stays returned.
 */
export function returnableGift(
  book: AccountBook,
  { giftGrantId }: GrantedPayment,
  { claims, drawn }: { claims: readonly { gift: Money }[]; drawn: Drawn },
): Money {
  const { ofGift } = drawn
  return most(add(book.leftOf(giftGrantId ?? ''), ofGift), sumOf(claims, 'gift', ofGift))
}

/** The claims' targets with at most `returnable` of the gift together, those that come first first. */
function withinGift(targets: Target[], returnable: Money): Target[] {
  let rest = returnable
  return targets.map((target) => {
    const gift = least(target.gift, rest)
    rest = subtract(rest, gift)
    return { ...target, gift }
  })
}

const sumOf = <P extends string>(parts: readonly Record<P, Money>[], part: P, { currency }: Money): Money =>
  sum(
    parts.map((each) => each[part]),
    currency,
  )

interface Pair {
  claim: PostedClaim
  target: Target
}

/** What each dispute freezes of what the grant has left once everything else has taken its part. */
function decideFreezes(pairs: Pair[], left: Money): { claim: PostedClaim; most: Money }[] {
  const claims = pairs.map(({ claim }) => claim)
  const targets = pairs.map(({ target }) => target)
  const frozen = sumOf(claims, 'frozen', left)
  const toTake = subtract(sumOf(targets, 'taken', left), sumOf(claims, 'taken', left))
  let pool = atLeastZero(subtract(add(left, frozen), toTake))
  return pairs.map(({ claim, target }) => {
    const most = least(target.frozen, pool)
    pool = subtract(pool, most)
    return { claim, most }
  })
}

class Posting {
  constructor(
    private readonly book: AccountBook,
    private readonly payment: GrantedPayment,
    private readonly claims: PostedClaim[],
    private readonly drawn: Draw[],
    private readonly at: Date,
  ) {}

  /** What the grant that a part belongs to has left. */
  left(part: Part): Money {
    return this.book.leftOf(this.grantOf(part) ?? '')
  }

  giveBackAbove(claim: PostedClaim, part: Part, wanted: Money): void {
    const amount = subtract(claim[part], wanted)
    if (!isPositive(amount)) return
    claim[part] = wanted
    const grantId = this.granted('taken')
    const borrowed = part === 'frozen' ? [] : this.borrowed()
    const kind = returningKinds[claim.kind][part]
    const { transfer } = this.book.giveBack(kind, nextCause(claim), { grantId, amount, borrowed }, this.at)
    this.noteDraws(transfer.seq)
  }

  takeUpTo(claim: PostedClaim, part: Part, wanted: Money): void {
    const amount = subtract(wanted, claim[part])
    if (!isPositive(amount)) return
    const grantId = this.granted(part)
    const kind = takingKinds[claim.kind][part]
    const { transfer } = this.book.takeBack(kind, nextCause(claim), { grantId, amount }, this.at)
    claim[part] = wanted
    this.noteDraws(transfer.seq)
  }

  /**
   * What other grants have given beyond what is still taken of the gift, the last to burn first: used credit was taken from
   * them after all of the purchase's own, in burn order, so they are the first to get theirs back.
   */
  private borrowed(): Draw[] {
    const { grantId: paidGrantId, giftGrantId } = this.payment
    return [...this.book.openGrants]
      .sort(compareBurnOrder)
      .reverse()
      .filter(({ grantId }) => grantId !== paidGrantId)
      .map(({ grantId, amount }) => {
        const given = this.drawn.find((draw) => draw.grantId === grantId)?.amount ?? zero(amount.currency)
        const isGift = grantId === giftGrantId
        return { grantId, amount: isGift ? subtract(given, sumOf(this.claims, 'gift', amount)) : given }
      })
  }

  private noteDraws(transferSeq: bigint): void {
    for (const { transferSeq: seq, grantId, amount } of this.book.newDraws) {
      if (seq !== transferSeq) continue
      const known = this.drawn.find((draw) => draw.grantId === grantId)
      if (known) known.amount = add(known.amount, amount)
      else this.drawn.push({ grantId, amount })
    }
  }

  private grantOf(part: Part): string | null {
    return part === 'gift' ? this.payment.giftGrantId : this.payment.grantId
  }

  private granted(part: Part): string {
    const grantId = this.grantOf(part)
    if (grantId === null) throw new Error(`broken invariant: a payment without a grant has no ${part} to move`)
    return grantId
  }
}

function nextCause(claim: PostedClaim): string {
  claim.movements += 1
  return `${claim.kind}:${claim.id}/${claim.movements}`
}
