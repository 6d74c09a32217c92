/**
 * An account's book while it is locked: balance, held credit, chain head and grants, changed in memory by the rules and
 * written back at once. Every movement of credit goes through `post`.
 */
import { hash } from 'node:crypto'
import { invariant } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import {
  add,
  isMore,
  isNegative,
  isPositive,
  isZero,
  least,
  type Money,
  negate,
  subtract,
  zero,
} from '@/lib/core/money'
import {
  type Burnable,
  burn,
  compareBurnOrder,
  type Draw,
  debtPaid,
  expiredOf,
  type GrantSource,
} from '../grants/rules'
import {
  balanceAfter,
  type CreditingKind,
  hashedText,
  type ReturningKind,
  type TakingKind,
  type Transfer,
  type TransferKind,
  transferKinds,
} from './rules'

export interface BookGrant extends Burnable {
  amount: Money
  transferSeq: bigint
}

export interface PostedTransfer extends Transfer {
  hash: string
}

export class AccountBook {
  private readonly posted: PostedTransfer[] = []
  readonly newGrants: BookGrant[] = []
  readonly newDraws: { transferSeq: bigint; grantId: string; amount: Money }[] = []

  private isChanged = false
  /** The last transfer, while its grant and draws are still to come: then it is hashed. */
  private open: Transfer | null = null

  constructor(
    readonly accountId: string,
    public balance: Money,
    public held: Money,
    private lastSeq: bigint,
    private lastHash: string,
    private readonly grants: BookGrant[],
    private counted: RequestCount = noRequests,
  ) {}

  /** Whether anything happened to the book since it was opened. */
  get hasChanged(): boolean {
    return this.isChanged || this.posted.length > 0 || this.open !== null
  }

  /** The requests admitted in the latest minute that had any. */
  get requests(): RequestCount {
    return this.counted
  }

  /** Counts one more request in the clock minute that begins at `minute`. */
  countRequest(minute: Date): void {
    const isSame = this.counted.minute?.getTime() === minute.getTime()
    this.counted = { minute, requests: isSame ? this.counted.requests + 1 : 1 }
    this.isChanged = true
  }

  /** What a new request may use: the balance without what open holds have set aside. */
  get available(): Money {
    return subtract(this.balance, this.held)
  }

  get head(): { seq: bigint; hash: string } {
    this.close()
    return { seq: this.lastSeq, hash: this.lastHash }
  }

  /** The transfers since the book was opened, in their order. */
  get newTransfers(): readonly PostedTransfer[] {
    this.close()
    return this.posted
  }

  /** The grants with the remainders of this moment, the new ones included. */
  get openGrants(): readonly BookGrant[] {
    return this.grants
  }

  /** The grants that are new or were drawn on since the book was opened. */
  get touchedGrants(): BookGrant[] {
    const drawn = new Set(this.newDraws.map((draw) => draw.grantId))
    return this.grants.filter((grant) => drawn.has(grant.grantId) || this.newGrants.includes(grant))
  }

  /** Sets credit aside. The caller has decided that it may. */
  hold(amount: Money): void {
    this.held = add(this.held, amount)
    this.isChanged = true
  }

  /** Gives held credit back. */
  free(amount: Money): void {
    invariant(!isMore(amount, this.held), 'no more is freed than is held')
    this.held = subtract(this.held, amount)
    this.isChanged = true
  }

  /** Adds a grant of credit; it pays the account's debt first. */
  credit(kind: CreditingKind, cause: string, grant: NewGrant, at: Date): BookGrant {
    const debt = debtPaid(this.balance, grant.amount)
    const transfer = this.append(kind, cause, grant.amount, at)
    const added: BookGrant = {
      grantId: grant.grantId ?? newId(),
      source: grant.source,
      amount: grant.amount,
      remaining: grant.amount,
      priority: grant.priority ?? defaultPriority,
      expiresAt: grant.expiresAt ?? null,
      grantedAt: at,
      transferSeq: transfer.seq,
    }
    this.grants.push(added)
    this.newGrants.push(added)
    if (isPositive(debt)) this.draw(added, debt, transfer.seq)
    return added
  }

  /** Charges usage against the grants in burn order. Returns the transfer, and what no grant covered. */
  charge(cause: string, amount: Money, at: Date): { transfer: Transfer; uncovered: Money } {
    const transfer = this.append('usage', cause, amount, at)
    return { transfer, uncovered: this.burnFor(transfer, amount) }
  }

  /** What a grant has left; nothing when it is not in the book (see `openBook`). */
  leftOf(grantId: string): Money {
    return this.grants.find((grant) => grant.grantId === grantId)?.remaining ?? zero(this.balance.currency)
  }

  /**
   * Takes credit back that a grant brought: from what the grant has left, then from the account's other credit in burn
   * order. What is used up already becomes a debt that the next credit pays. Returns what no credit covered.
   */
  takeBack(
    kind: TakingKind,
    cause: string,
    { grantId, amount }: Draw,
    at: Date,
  ): { transfer: Transfer; uncovered: Money } {
    const transfer = this.append(kind, cause, amount, at)
    const own = least(amount, this.leftOf(grantId))
    if (isPositive(own)) this.draw(this.requireGrant(grantId), own, transfer.seq)
    return { transfer, uncovered: this.burnFor(transfer, subtract(amount, own)) }
  }

  /**
   * Undoes such a taking: the debt is paid first, then other grants get back what they gave in its place (`borrowed`, at most
   * so much each, in this order), and the rest is the grant's again. No grant gets more than it has given: what finds no room
   * goes to any other grant that has, the last to burn first. The book must know the grants.
   */
  giveBack(
    kind: ReturningKind,
    cause: string,
    { grantId, amount, borrowed = [] }: Draw & { borrowed?: Draw[] },
    at: Date,
  ): { transfer: Transfer } {
    const own = this.requireGrant(grantId)
    let rest = subtract(amount, debtPaid(this.balance, amount))
    const transfer = this.append(kind, cause, amount, at)
    const parts = new Map<BookGrant, Money>()
    const give = (grant: BookGrant, most: Money) => {
      const before = parts.get(grant) ?? zero(most.currency)
      const room = subtract(subtract(grant.amount, grant.remaining), before)
      const part = least(rest, least(most, room))
      if (!isPositive(part)) return
      parts.set(grant, add(before, part))
      rest = subtract(rest, part)
    }
    for (const lender of borrowed) give(this.requireGrant(lender.grantId), lender.amount)
    give(own, rest)
    for (const other of [...this.grants].sort(compareBurnOrder).reverse()) give(other, rest)
    invariant(isZero(rest), 'a grant never has more than its amount')
    for (const [grant, part] of parts) this.draw(grant, negate(part), transfer.seq)
    return { transfer }
  }

  /**
   * Expires the grants whose time is over, but never credit that open holds stand on, nor `promised` besides (used, and not
   * yet posted): that goes when its request is settled or released. Returns the transfers.
   */
  expireDue(at: Date, promised: Money = zero(this.balance.currency)): Transfer[] {
    return expiredOf(this.grants, at, subtract(this.available, promised)).map(({ grantId, amount }) => {
      const transfer = this.append('expiry', `grant:${grantId}/${this.lastSeq + 1n}`, amount, at)
      this.draw(this.requireGrant(grantId), amount, transfer.seq)
      return transfer
    })
  }

  private requireGrant(grantId: string): BookGrant {
    const grant = this.grants.find((candidate) => candidate.grantId === grantId)
    invariant(grant, `grant ${grantId} is in the book of its account`)
    return grant
  }

  /** Draws `amount` in burn order; returns what no grant covers. */
  private burnFor(transfer: Transfer, amount: Money): Money {
    const { draws, uncovered } = burn(this.grants, amount)
    for (const { grantId, amount: drawn } of draws) this.draw(this.requireGrant(grantId), drawn, transfer.seq)
    return uncovered
  }

  private draw(grant: BookGrant, amount: Money, transferSeq: bigint): void {
    invariant(this.open?.seq === transferSeq, 'what was hashed draws no more')
    grant.remaining = subtract(grant.remaining, amount)
    invariant(!isNegative(grant.remaining), 'a grant gives no more than it has')
    invariant(!isMore(grant.remaining, grant.amount), 'a grant never has more than its amount')
    this.newDraws.push({ transferSeq, grantId: grant.grantId, amount })
  }

  private append(kind: TransferKind, cause: string, amount: Money, at: Date): Transfer {
    this.close()
    const [fromBucket, toBucket] = transferKinds[kind]
    this.balance = balanceAfter(this.balance, kind, amount)
    this.lastSeq += 1n
    const transfer: Transfer = {
      accountId: this.accountId,
      seq: this.lastSeq,
      kind,
      cause,
      fromBucket,
      toBucket,
      amount,
      balanceAfter: this.balance,
      postedAt: at,
    }
    this.open = transfer
    return transfer
  }

  /** Hashes the last transfer: nothing can be added to it any more. */
  private close(): void {
    const transfer = this.open
    if (!transfer) return
    this.open = null
    const last = this.newGrants.at(-1)
    const grant = last?.transferSeq === transfer.seq ? last : null
    const draws = this.newDraws.slice(this.newDraws.findLastIndex((draw) => draw.transferSeq !== transfer.seq) + 1)
    this.lastHash = hash('sha256', hashedText(this.lastHash, transfer, grant, draws), 'hex')
    this.posted.push({ ...transfer, hash: this.lastHash })
  }

  /** The sum of what grants have left is the balance, or zero when it is a debt. Checked before every write. */
  checkGrants(): void {
    const left = this.grants.reduce((total, grant) => add(total, grant.remaining), zero(this.balance.currency))
    const owned = isNegative(this.balance) ? zero(this.balance.currency) : this.balance
    invariant(isZero(subtract(left, owned)), `grants of account ${this.accountId} add up to its balance`)
  }
}

/** The requests that an account was admitted in one clock minute. */
export interface RequestCount {
  minute: Date | null
  requests: number
}

const noRequests: RequestCount = { minute: null, requests: 0 }

export interface NewGrant {
  /** An id that the caller made, so that it can be part of the cause. */
  grantId?: string
  source: GrantSource
  amount: Money
  priority?: number
  expiresAt?: Date | null
}

const defaultPriority = 100
