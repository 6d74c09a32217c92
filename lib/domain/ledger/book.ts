/**
 * An account's book while it is locked: balance, held credit, chain head and grants, changed in memory by the rules and
 * written back at once. Every movement of credit goes through `post`.
 */
import { hash } from 'node:crypto'
import { invariant } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { add, isMore, isNegative, isPositive, isZero, type Money, subtract, zero } from '@/lib/core/money'
import { type Burnable, burn, debtPaid, type GrantSource } from '../grants/rules'
import { balanceAfter, hashedText, type Transfer, type TransferKind, transferKinds } from './rules'

export interface BookGrant extends Burnable {
  amount: Money
  transferSeq: bigint
}

export interface PostedTransfer extends Transfer {
  hash: string
}

export class AccountBook {
  readonly newTransfers: PostedTransfer[] = []
  readonly newGrants: BookGrant[] = []
  readonly newDraws: { transferSeq: bigint; grantId: string; amount: Money }[] = []

  private isChanged = false

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
    return this.isChanged || this.newTransfers.length > 0
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
    return { seq: this.lastSeq, hash: this.lastHash }
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
  credit(kind: Exclude<TransferKind, 'usage'>, cause: string, grant: NewGrant, at: Date): BookGrant {
    const debt = debtPaid(this.balance, grant.amount)
    const transfer = this.append(kind, cause, grant.amount, at)
    const added: BookGrant = {
      grantId: newId(),
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
  charge(cause: string, amount: Money, at: Date): { transfer: PostedTransfer; uncovered: Money } {
    const { draws, uncovered } = burn(this.grants, amount)
    const transfer = this.append('usage', cause, amount, at)
    for (const { grantId, amount: drawn } of draws) {
      const grant = this.grants.find((candidate) => candidate.grantId === grantId)
      invariant(grant, 'burnt grants are of this book')
      this.draw(grant, drawn, transfer.seq)
    }
    return { transfer, uncovered }
  }

  private draw(grant: BookGrant, amount: Money, transferSeq: bigint): void {
    grant.remaining = subtract(grant.remaining, amount)
    invariant(!isNegative(grant.remaining), 'a grant gives no more than it has')
    this.newDraws.push({ transferSeq, grantId: grant.grantId, amount })
  }

  private append(kind: TransferKind, cause: string, amount: Money, at: Date): PostedTransfer {
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
    this.lastHash = hash('sha256', hashedText(this.lastHash, transfer), 'hex')
    const posted = { ...transfer, hash: this.lastHash }
    this.newTransfers.push(posted)
    return posted
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
  source: GrantSource
  amount: Money
  priority?: number
  expiresAt?: Date | null
}

const defaultPriority = 100
