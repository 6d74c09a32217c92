/**
 * One account, locked, with everything that a batch of requests asks of it. Requests are decided here one after the other, in
 * memory; `close` posts what follows from all of them, and the lane writes it at once. Nobody hears of anything before that is
 * committed.
 */
import { Refusal } from '@/lib/core/errors'
import { add, isPositive, least, type Money, money, subtract, zero } from '@/lib/core/money'
import { dayKeyOf } from '@/lib/core/time'
import { type BudgetState, turned } from '../budgets'
import { coverOf, type Hold, isOverdue } from '../holds/rules'
import type { AccountBook } from '../ledger'
import type { PriceBook } from '../prices'
import { priceTokens, type Tokens } from '../prices/rules'
import { minuteOf, type RequestRate, rateAt, requestLimit } from '../rate-limits/rules'
import type { LimitBook } from '../tiers'
import { highestBudgetOf, tokenTermsOf } from '../tiers/rules'
import { type StoredTokenLimits, TokenMeters } from '../token-limits'
import {
  beyondAdmitted,
  countsOf,
  hasTokens,
  noTokens,
  type ReservedTokens,
  sumCounts,
  type TokenCounts,
  type TokensRefused,
} from '../token-limits/rules'
import { type EventSource, eventKeyOf, type RecordedEvent, type UsageBatch, type UsageEvent } from '../usage'
import { type UsageFacts, usageFactsOf } from '../usage/rules'
import { type BudgetFacts, beyondCover, fits, type GateFacts, type MoneyFacts, mayBegin } from './rules'
import type { AccountState } from './store'
import { SubjectBudgets, type UsageSubject } from './subject-budgets'

/** A limit that an amount does not fit. Leaves no trace; it is put into words once the lock is gone. */
export class LimitReached extends Error {
  override name = 'LimitReached'
  constructor(
    readonly accountId: string,
    readonly amount: Money,
    readonly facts: GateFacts,
    readonly state: AccountState,
    /** The number of the account's latest transfer: nothing has moved for as long as it is the same. */
    readonly lastSeq: bigint,
    readonly at: Date,
    /** What an extended hold has already; its refusal tells the largest total. */
    readonly heldAlready: Money | null,
  ) {
    super('a limit is reached')
  }
}

/** A billable request that the desk has accepted. */
export interface Charge extends Tokens, UsageFacts {
  eventKey: string
  eventText: string | null
  model: string
  amount: Money
  /** What sets credit aside for it, if anything does. */
  hold: Hold | null
  source: EventSource
  occurredAt: Date | null
}

interface Taken extends Charge {
  beyond: Money | null
  /** The cause of a transfer of its own; null: it is part of its model's transfer of this batch. */
  ownCause: string | null
}

/** Which transfer a charge is part of. The number that its cause carries is known when it is posted. */
const transferOf = ({ ownCause, model }: Taken): string => ownCause ?? `usage:/${model}`

export interface DeskContents {
  book: AccountBook
  budget: BudgetState
  /** Of the keys and members that the requests and their holds are of. */
  subjectBudgets: BudgetState[]
  state: AccountState
  holds: Hold[]
  events: { eventKey: string; event: RecordedEvent }[]
  /** Of the models that the requests and their holds are for. */
  tokenLimits: StoredTokenLimits[]
}

/** The tokens of a model that a request may use at most. */
export interface AskedTokens {
  model: string
  counts: TokenCounts
}

export class Desk {
  readonly accountId: string
  readonly book: AccountBook
  /** The month as it is now; the one that was read may be over. */
  budget: BudgetState
  readonly isNewMonth: boolean
  readonly subjectBudgets: SubjectBudgets
  readonly tokens: TokenMeters
  readonly state: AccountState
  /** The instant of the decision: never before a period that it counts in, also when another request began the period first. */
  readonly at: Date
  /** New holds, and those that changed. */
  readonly changedHolds = new Set<Hold>()
  /** How many holds this batch found overdue. */
  expired = 0
  /** How many times this batch found credit whose time was over, and free. */
  expiredCredit = 0
  /** Used in this batch, and not yet posted. */
  private used: Money
  private readonly taken: Taken[] = []
  private readonly holds: Map<string, Hold>
  private readonly events: Map<string, RecordedEvent>
  private readonly hasCreditDue: boolean

  constructor(
    { book, budget, subjectBudgets, state, holds, events, tokenLimits }: DeskContents,
    readonly prices: PriceBook,
    private readonly limits: LimitBook,
    at: Date,
  ) {
    this.accountId = book.accountId
    this.book = book
    this.at = [budget, ...subjectBudgets].reduce((latest, { startsAt }) => (startsAt > latest ? startsAt : latest), at)
    this.budget = turned(budget, this.at)
    this.isNewMonth = this.budget !== budget
    this.subjectBudgets = new SubjectBudgets(subjectBudgets, this.at, this.budget.timeZone)
    this.state = state
    const account = { tier: state.tier, own: state.ownTokens }
    const termsOf = (model: string) => tokenTermsOf(limits.house, account, limits.sizeOf(model))
    this.tokens = new TokenMeters(book.accountId, tokenLimits, termsOf, this.at)
    this.used = zero(book.balance.currency)
    this.holds = new Map(holds.map((hold) => [hold.holdId, hold]))
    this.events = new Map(events.map(({ eventKey, event }) => [eventKey, event]))
    this.hasCreditDue = book.openGrants.some(({ expiresAt }) => expiresAt !== null && expiresAt <= this.at)
  }

  private get balance(): Money {
    return subtract(this.book.balance, this.used)
  }

  /** What this batch has used up to now. */
  get usedSoFar(): Money {
    return this.used
  }

  /** What a new request may use, of credit alone. */
  get available(): Money {
    return subtract(this.balance, this.book.held)
  }

  /** How far the contract lets usage go beyond credit; nothing for prepaid. */
  private get creditLimit(): Money {
    return money(this.state.creditLimit, this.balance.currency)
  }

  get rate(): RequestRate {
    const { ownRequestLimit: ownLimit, hasPaymentMethod, creditLimit } = this.state
    // A contract is means to pay, and its credit limit is as good as credit.
    const means = {
      hasPaymentMethod: hasPaymentMethod || creditLimit > 0n,
      balance: add(this.balance, this.creditLimit),
    }
    return rateAt(requestLimit({ ownLimit, ...means }), this.book.requests, this.at)
  }

  /** The rate, with the token limits of the request's model where it names one. */
  rateFor(model: string | null): RequestRate {
    return model === null ? this.rate : { ...this.rate, tokens: this.tokens.ratesOf(model) }
  }

  /** The monthly budget cap: where the house says so, at most what the tier allows. */
  private get cap(): Money | null {
    const { limit } = this.budget
    const { house } = this.limits
    const highest = house.limitsPrepaidBudgets ? highestBudgetOf(this.state.tier, house) : null
    return highest && limit ? least(highest, limit) : (highest ?? limit)
  }

  private moneyFacts(subject: UsageSubject): MoneyFacts {
    const { held } = this.book
    const cap = limitOf({ ...this.budget, limit: this.cap }, add(this.budget.spent, this.used), held)
    return {
      balance: this.balance,
      held,
      budgets: [...cap, ...this.subjectBudgets.of(subject).flatMap((budget) => limitOf(budget))],
      isSuspended: this.state.isSuspended,
      isPaymentPaused: this.state.isPaymentPaused,
      creditLimit: this.creditLimit,
    }
  }

  /** Every limit that applies to a request of the subject, as the requests before it have left it. */
  private factsFor(subject: UsageSubject, model: string | null, tokens: TokensRefused | null): GateFacts {
    return { ...this.moneyFacts(subject), rate: this.rateFor(model), tokens }
  }

  findHold(holdId: string): Hold | null {
    return this.holds.get(holdId) ?? null
  }

  findEvent(eventKey: string): RecordedEvent | null {
    return this.events.get(eventKey) ?? null
  }

  /**
   * Counts a new request, and the tokens that it may use at most: nothing of them when it names none.
   * @throws LimitReached unless a request of the subject for `amount` may begin
   */
  admitRequest(
    subject: UsageSubject,
    amount: Money,
    { model, asked }: { model: string | null; asked: AskedTokens | null },
  ): ReservedTokens | null {
    const tokens = asked && this.tokens.refused(asked.model, asked.counts)
    const facts = this.factsFor(subject, model, tokens)
    if (!mayBegin(facts, amount)) throw this.reached(facts, amount, null)
    this.book.countRequest(minuteOf(this.at))
    return asked && this.tokens.admit(asked.model, asked.counts)
  }

  /**
   * Lets an open hold use more tokens in all than it was admitted with; the difference counts in this minute.
   * @throws LimitReached when it does not fit: the hold stays as it was
   */
  admitMore(hold: Hold, { model, counts }: AskedTokens, amount: Money): void {
    const more = beyondAdmitted(counts, hold.reserved?.counts ?? noTokens)
    if (!hasTokens(more)) return
    const tokens = this.tokens.refused(model, more)
    if (tokens) throw this.reached(this.factsFor(hold, model, tokens), amount, hold.amount)
    const admitted = this.tokens.admit(model, more)
    const before = hold.reserved ?? { minute: admitted.minute, counts: noTokens }
    hold.reserved = { minute: before.minute, counts: sumCounts(before.counts, more) }
    this.changedHolds.add(hold)
  }

  /** Whether a charge or a larger hold of `amount` fits. */
  affords(subject: UsageSubject, amount: Money): boolean {
    return fits(this.moneyFacts(subject), amount)
  }

  limitReached(subject: UsageSubject, amount: Money, heldAlready: Money | null = null): LimitReached {
    return this.reached(this.factsFor(subject, null, null), amount, heldAlready)
  }

  private reached(facts: GateFacts, amount: Money, heldAlready: Money | null): LimitReached {
    return new LimitReached(this.accountId, amount, facts, this.state, this.book.head.seq, this.at, heldAlready)
  }

  placeHold(hold: Hold): void {
    this.setAside(hold, hold.amount)
    this.holds.set(hold.holdId, hold)
    this.changedHolds.add(hold)
  }

  /** Sets `amount` more aside for an open hold. The caller has decided that it may. */
  growHold(hold: Hold, amount: Money): void {
    this.setAside(hold, amount)
    hold.amount = add(hold.amount, amount)
    this.changedHolds.add(hold)
  }

  /** Closes an open hold; what is still held for it is free. A request's hold keeps its amount, a lease has nothing left. */
  closeHold(hold: Hold, state: 'settled' | 'released' | 'expired'): void {
    if (hold.state === 'open') {
      this.giveBack(hold, hold.amount)
      if (hold.reserved && hold.model) this.tokens.giveBack(hold.model, hold.reserved)
      if (hold.kind === 'lease') hold.amount = zero(hold.amount.currency)
      hold.closedAt = this.at
    }
    hold.state = state
    this.changedHolds.add(hold)
    this.expireCredit()
  }

  /** Takes `amount` of an open lease for a charge. */
  spendLease(hold: Hold, amount: Money): void {
    this.giveBack(hold, amount)
    hold.amount = subtract(hold.amount, amount)
    this.changedHolds.add(hold)
  }

  private setAside(subject: UsageSubject, amount: Money): void {
    this.book.hold(amount)
    this.subjectBudgets.hold(subject, amount)
  }

  private giveBack(subject: UsageSubject, amount: Money): void {
    this.book.free(amount)
    this.subjectBudgets.free(subject, amount)
  }

  /** The exact charge for tokens, at the prices of an instant. @throws Refusal `unknown_model` */
  priceOf(model: string, tokens: Tokens, at: Date): Money {
    return priceTokens(this.prices.ratesOf(model, at), tokens)
  }

  /**
   * Takes a charge in full, as decided. Call it while its hold is still open: what the hold covers cannot go beyond. The
   * event is known from now on.
   */
  take(charge: Charge, ownCause: string | null = null): void {
    const covered = charge.hold ? coverOf(charge.hold, charge.amount) : zero(charge.amount.currency)
    const beyond = beyondCover(charge.amount, covered, add(this.available, this.creditLimit))
    this.used = add(this.used, charge.amount)
    this.subjectBudgets.spend(charge, charge.amount)
    const { hold } = charge
    const isReserved = hold?.state === 'open' && hold.model === charge.model
    this.tokens.use(charge.model, countsOf(charge), isReserved ? hold.reserved : null)
    this.taken.push({ ...charge, ownCause, beyond: isPositive(beyond) ? beyond : null })
    this.events.set(charge.eventKey, charge)
  }

  /** Settles what is overdue at the usage that it last reported, and frees the rest (PRODUCT "Using credit" 3). */
  expireOverdue(): void {
    for (const hold of this.holds.values()) {
      if (!isOverdue(hold, this.at)) continue
      this.expired += 1
      if (hold.reported) {
        const { model, ...tokens } = hold.reported
        const amount = this.priceOf(model, tokens, hold.createdAt)
        const eventKey = eventKeyOf(`hold:${hold.holdId}`)
        const charge = { ...tokens, ...usageFactsOf(hold), model, amount, eventKey, eventText: null, hold }
        this.take({ ...charge, occurredAt: hold.createdAt, source: 'expiry' }, `expired_hold:${hold.holdId}`)
        hold.charged = amount
      }
      this.closeHold(hold, 'expired')
    }
  }

  /**
   * Expires the credit whose time is over, as far as no open hold stands on it: nothing new is admitted on it, and what was
   * admitted before is honoured. What a hold that closes sets free expires at once.
   */
  expireCredit(): void {
    if (this.hasCreditDue) this.expiredCredit += this.book.expireDue(this.at, this.used).length
  }

  /** Whether credit is now so low that auto top-up should look at the account. */
  get isLow(): boolean {
    const { topsUpAt } = this.state
    return topsUpAt !== null && this.available.nanos <= topsUpAt
  }

  /** The events of this batch, each with the transfer that charged it: what `close` has posted. */
  posted: UsageEvent[] = []

  /**
   * Posts what was used, after the last decision: one transfer for each cause, whatever the number of events. Nothing is decided
   * here any more.
   */
  close(): void {
    const totals = new Map<string, Money>()
    for (const charge of this.taken) {
      const name = transferOf(charge)
      const total = totals.get(name)
      totals.set(name, total ? add(total, charge.amount) : charge.amount)
    }
    this.budget = { ...this.budget, spent: add(this.budget.spent, this.used) }
    this.used = zero(this.used.currency)
    const seqOf = new Map<string, bigint>()
    for (const [name, total] of totals) {
      if (!isPositive(total)) continue
      const cause = name.startsWith('usage:') ? name.replace('usage:', `usage:${this.book.head.seq + 1n}`) : name
      seqOf.set(name, this.book.charge(cause, total, this.at).transfer.seq)
    }
    this.book.checkGrants()
    this.posted = this.taken.map((charge) => ({
      ...charge,
      holdId: charge.hold?.holdId ?? null,
      transferSeq: isPositive(charge.amount) ? (seqOf.get(transferOf(charge)) ?? null) : null,
    }))
  }

  /** What `close` has posted, to be written. */
  get usage(): UsageBatch {
    const day = dayKeyOf(this.at, this.budget.timeZone)
    return { accountId: this.accountId, recordedAt: this.at, day, events: this.posted }
  }

  /** @throws Refusal `not_found` */
  requireHold(holdId: string, kind: Hold['kind']): Hold {
    const hold = this.findHold(holdId)
    if (hold?.kind === kind) return hold
    throw noSuchHold(kind)
  }
}

/** A budget as the decision sees it; nothing when it has no limit. */
function limitOf(budget: BudgetState, spent = budget.spent, held = budget.held): BudgetFacts[] {
  const { scope, window, subjectId, subjectName = null, limit, endsAt } = budget
  return limit ? [{ scope, window, subjectId, subjectName, limit, spent, held, resetsAt: endsAt }] : []
}

export const noSuchHold = (kind: Hold['kind']): Refusal =>
  new Refusal('not_found', {
    message:
      kind === 'lease'
        ? 'There is no such lease. Check the id that POST /v1/leases gave.'
        : 'There is no such authorization. Check the id that POST /v1/authorizations gave.',
  })

/** @throws Refusal when more tokens were cached than sent. */
export function requireTokens(tokens: Tokens): void {
  if (tokens.cachedInputTokens > tokens.inputTokens) {
    throw new Refusal('invalid_request', {
      field: 'cached_input_tokens',
      message: 'cached_input_tokens are part of input_tokens and cannot be more.',
    })
  }
}
