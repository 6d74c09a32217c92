/** Brings an account's book in line with the refunds and disputes of one payment: target less what was posted, once. */
import { add, atLeastZero, isPositive, least, type Money, subtract, sum } from '@/lib/core/money'
import type { Draw } from '../grants/rules'
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

/** What other grants have given in place of the payment's used credit, in the order in which they gave. */
export type Borrowed = Draw[]

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
 * first. A refund or a lost dispute takes its credit in full, spent or not, and before any dispute freezes: so the books end
 * the same in whatever order the news came. A dispute freezes what is left of the grant, a gift is returned as far as it is
 * left. What is given back returns to the grants that it was taken from. Run again with the same claims it posts nothing.
 */
export function bringInLine(
  book: AccountBook,
  payment: GrantedPayment,
  { claims, borrowed }: { claims: PostedClaim[]; borrowed: Borrowed },
  at: Date,
): void {
  const posting = new Posting(book, payment, borrowed, at)
  const targets = targetsOf(payment, claims)
  const pairs = claims.map((claim, index) => ({ claim, target: targets[index]! }))

  for (const { claim, target } of pairs) {
    for (const part of ['frozen', 'taken', 'gift'] as const) posting.giveBackAbove(claim, part, target[part])
  }
  const freezes = decideFreezes(pairs, posting.left('taken'))
  for (const { claim, most } of freezes) posting.giveBackAbove(claim, 'frozen', most)
  for (const { claim, target } of pairs) {
    // The gift first: otherwise it would pay for its own purchase's used credit.
    posting.takeUpTo(claim, 'gift', add(claim.gift, least(missing(claim, target, 'gift'), posting.left('gift'))))
    posting.takeUpTo(claim, 'taken', target.taken)
  }
  for (const { claim, most } of freezes) {
    posting.takeUpTo(claim, 'frozen', least(most, add(claim.frozen, posting.left('frozen'))))
  }
}

interface Pair {
  claim: PostedClaim
  target: Target
}

/** What a claim has yet to take of a part, after all that was too much has been given back. */
const missing = (claim: PostedClaim, target: Target, part: Part): Money => subtract(target[part], claim[part])

/** What each dispute freezes of what the grant has left once everything else has taken its part. */
function decideFreezes(pairs: Pair[], left: Money): { claim: PostedClaim; most: Money }[] {
  const { currency } = left
  const frozen = sum(
    pairs.map(({ claim }) => claim.frozen),
    currency,
  )
  const toTake = sum(
    pairs.map(({ claim, target }) => missing(claim, target, 'taken')),
    currency,
  )
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
    private readonly borrowed: Borrowed,
    private readonly at: Date,
  ) {}

  /** What the grant that a part belongs to has left. */
  left(part: Part): Money {
    return this.book.leftOf(this.grantOf(part) ?? '')
  }

  giveBackAbove(claim: PostedClaim, part: Part, most: Money): void {
    const amount = subtract(claim[part], most)
    if (!isPositive(amount)) return
    const grantId = this.granted(part)
    // Used credit was borrowed last of all, so it is returned first.
    const borrowed = part === 'taken' ? [...this.borrowed].reverse() : []
    const kind = returningKinds[claim.kind][part]
    const { transfer } = this.book.giveBack(kind, nextCause(claim), { grantId, amount, borrowed }, this.at)
    claim[part] = most
    this.noteBorrowed(transfer.seq, grantId)
  }

  takeUpTo(claim: PostedClaim, part: Part, wanted: Money): void {
    const amount = subtract(wanted, claim[part])
    if (!isPositive(amount)) return
    const grantId = this.granted(part)
    const kind = takingKinds[claim.kind][part]
    const { transfer } = this.book.takeBack(kind, nextCause(claim), { grantId, amount }, this.at)
    claim[part] = wanted
    this.noteBorrowed(transfer.seq, grantId)
  }

  private noteBorrowed(transferSeq: bigint, ownGrantId: string): void {
    for (const draw of this.book.newDraws) {
      if (draw.transferSeq !== transferSeq || draw.grantId === ownGrantId) continue
      const known = this.borrowed.find(({ grantId }) => grantId === draw.grantId)
      if (known) known.amount = add(known.amount, draw.amount)
      else this.borrowed.push({ grantId: draw.grantId, amount: draw.amount })
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
