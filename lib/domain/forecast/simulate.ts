/**
 * What other settings would have made of usage that really was: every request in its order against the rules of the gate, of auto
 * top-up and of the budget. Pure: the same functions decide as in the engine.
 */
import { add, isMore, isNegative, isPositive, least, type Money, money, subtract, zero } from '@/lib/core/money'
import { dayMs, hourMs, secondMs } from '@/lib/core/time'
import { cleared, decideTopUp, guards, isLow, type TopUpFacts, type TopUpPlan } from '../auto-top-up/rules'
import { leftOfLimit, type Period, periodAt } from '../budgets/rules'
import type { CreditLimitFrom } from '../contracts/rules'
import { explainRefusal, fits, type GateFacts } from '../gate/rules'

/** The settings that are tried out. */
export interface Scenario {
  startingBalance: Money
  /** The monthly budget cap; null for none. */
  cap: Money | null
  plan: TopUpPlan
  /** How far usage may go beyond credit, one after the other; prepaid before the first. Auto top-up rests under a contract. */
  creditLimits: CreditLimitFrom[]
}

/** What a simulation is about besides. */
export interface Terms {
  startsAt: Date
  endsAt: Date
  /** The billing month that contains `startsAt`. */
  period: Period
  smallestPurchase: Money
  largestPurchase: Money
  /** When invoices asked for money, the instants of their payments included: then auto top-up buys nothing to pay a debt. */
  invoicesAsk: { from: Date; until: Date | null }[]
}

/** Requests of one instant that cost `amount` together: one request, or some that are alike. */
export interface Requests {
  at: Date
  amount: Money
  count: number
}

/**
 * Usage that stood still: from a request that was refused, to one that ran, to new credit, to a higher credit limit or to a new
 * month. credit: of a prepaid account. creditLimit: credit and the credit limit were used up.
 */
export interface Pause {
  from: Date
  to: Date
  because: 'credit' | 'creditLimit' | 'cap'
}

export interface Outcome {
  requests: number
  accepted: number
  refused: number
  /** What the requests that ran cost, and what those that were refused would have. */
  spent: Money
  refusedValue: Money
  refusedByCap: number
  purchases: { at: Date; amount: Money }[]
  purchased: Money
  /** What first kept auto top-up from buying although credit was low, longer than the minute between two charges; or null. */
  heldBack: HeldBack | null
  pauses: Pause[]
  pausedMs: number
  lowest: Money
  ending: Money
  /** The balance at the end of each hour in which it moved, oldest first; the first is the start. */
  balances: { at: Date; balance: Money }[]
}

const limitsOfTopUp = ['over_monthly_limit', 'cap_leaves_no_room', 'too_many_today', 'too_many_this_month'] as const
export type HeldBack = (typeof limitsOfTopUp)[number]

/** Balances by the hour: as many as there are in a month, however many requests. */
export class BalanceLine {
  private readonly hours = new Map<number, bigint>()
  constructor(
    private readonly startsAt: Date,
    private readonly start: Money,
  ) {}

  note(at: Date, balance: Money): void {
    this.hours.set(Math.floor((at.getTime() - this.startsAt.getTime()) / hourMs), balance.nanos)
  }

  get points(): { at: Date; balance: Money }[] {
    const moved = [...this.hours].map(([hour, nanos]) => ({
      at: new Date(this.startsAt.getTime() + (hour + 1) * hourMs),
      balance: money(nanos, this.start.currency),
    }))
    return [{ at: this.startsAt, balance: this.start }, ...moved]
  }
}

/** Takes usage in its order, one piece after the other, and tells at the end what came of it. */
export class Simulation {
  private balance: Money
  private spent: Money
  private lowest: Money
  private period: Period
  private boughtThisMonth: Money
  private successes: Date[] = []
  /** The credit limit in force; null: prepaid. */
  private creditLimit: Money | null = null
  /** When credit limits change and invoices stop asking. */
  private readonly turns: Date[]
  private at: Date
  private paused: { since: Date; because: Pause['because'] } | null = null
  private readonly line: BalanceLine
  private readonly purchases: { at: Date; amount: Money }[] = []
  private readonly pauses: Pause[] = []
  private heldBack: HeldBack | null = null
  private readonly count = { accepted: 0, refused: 0, refusedByCap: 0 }
  private total: Money
  private refusedValue: Money

  constructor(
    private readonly scenario: Scenario,
    private readonly terms: Terms,
  ) {
    const { startingBalance } = scenario
    const nothing = zero(startingBalance.currency)
    this.balance = startingBalance
    this.lowest = startingBalance
    this.spent = nothing
    this.total = nothing
    this.refusedValue = nothing
    this.boughtThisMonth = nothing
    this.period = terms.period
    this.at = terms.startsAt
    this.line = new BalanceLine(terms.startsAt, startingBalance)
    this.turns = [
      ...scenario.creditLimits.map(({ from }) => from),
      ...terms.invoicesAsk.flatMap(({ until }) => (until ? [new Date(until.getTime() + 1)] : [])),
    ].filter((turn) => turn <= terms.endsAt)
    this.takeCreditLimit()
    this.considerTopUp()
  }

  /** Credit that came, or was taken back, whatever the settings. */
  move(at: Date, amount: Money): void {
    this.passTo(at)
    this.changeBalance(amount)
    if (isPositive(amount)) this.endPause()
    this.considerTopUp()
  }

  /** Requests that want to run: each is let through or refused as the gate would. */
  request({ at, amount, count }: Requests): void {
    this.passTo(at)
    const facts = this.facts
    const isAllowed = fits(facts, amount)
    // Of requests that are alike, those that fit run.
    if (!isAllowed && count > 1 && fits(facts, share(amount, 1, count))) {
      const half = Math.floor(count / 2)
      const first = share(amount, half, count)
      this.request({ at, amount: first, count: half })
      this.request({ at, amount: subtract(amount, first), count: count - half })
      return
    }
    if (isAllowed) {
      if (isPositive(amount)) this.endPause()
      this.count.accepted += count
      this.spent = add(this.spent, amount)
      this.total = add(this.total, amount)
      this.changeBalance(money(-amount.nanos, amount.currency))
    } else {
      const code = explainRefusal(facts, amount, { hasPaymentMethod: true, isTopUpInProgress: false })
      const because = code === 'budget_reached' ? 'cap' : this.creditLimit ? 'creditLimit' : 'credit'
      this.count.refused += count
      if (because === 'cap') this.count.refusedByCap += count
      this.refusedValue = add(this.refusedValue, amount)
      this.paused ??= { since: at, because }
    }
    this.considerTopUp()
  }

  /** Ends the simulation. */
  finish(): Outcome {
    this.passTo(this.terms.endsAt)
    this.endPause()
    return {
      ...this.count,
      requests: this.count.accepted + this.count.refused,
      spent: this.total,
      refusedValue: this.refusedValue,
      purchases: this.purchases,
      purchased: this.purchases.reduce((sum, { amount }) => add(sum, amount), zero(this.balance.currency)),
      heldBack: this.heldBack,
      pauses: this.pauses,
      pausedMs: this.pauses.reduce((sum, { from, to }) => sum + (to.getTime() - from.getTime()), 0),
      lowest: this.lowest,
      ending: this.balance,
      balances: this.line.points,
    }
  }

  private get facts(): GateFacts {
    const { cap } = this.scenario
    const { balance, spent, period } = this
    const held = zero(balance.currency)
    const ofAccount = { scope: 'account', window: 'monthly', subjectId: null, subjectName: null } as const
    return {
      balance,
      held,
      budgets: cap ? [{ ...ofAccount, limit: cap, spent, held, resetsAt: period.endsAt }] : [],
      isSuspended: false,
      isPaymentPaused: false,
      creditLimit: this.creditLimit ?? zero(balance.currency),
      // What ran had passed the request rate.
      rate: { limit: 1, remaining: 1, resetSeconds: 0 },
    }
  }

  private changeBalance(amount: Money): void {
    this.balance = add(this.balance, amount)
    this.lowest = least(this.lowest, this.balance)
    this.line.note(this.at, this.balance)
  }

  private endPause(): void {
    if (!this.paused) return
    const { since, because } = this.paused
    this.paused = null
    if (this.at > since) this.pauses.push({ from: since, to: this.at, because })
  }

  /** Lets time pass: months end, and what auto top-up waited for may be over. */
  private passTo(at: Date): void {
    for (;;) {
      const next = this.nextChange()
      if (!next || next > at) break
      this.at = next
      this.takeCreditLimit()
      if (next >= this.period.endsAt) this.beginMonth()
      this.considerTopUp()
    }
    if (at > this.at) this.at = at
  }

  /** A contract begins, changes or ends. */
  private takeCreditLimit(): void {
    const before = this.creditLimit
    this.creditLimit = this.scenario.creditLimits.filter(({ from }) => from <= this.at).at(-1)?.limit ?? null
    const nothing = zero(this.balance.currency)
    const isRaised = isMore(this.creditLimit ?? nothing, before ?? nothing)
    if (isRaised && this.paused && this.paused.because !== 'cap') this.endPause()
  }

  private beginMonth(): void {
    this.period = periodAt(this.period, this.at, this.period.timeZone)
    this.spent = zero(this.balance.currency)
    this.boughtThisMonth = zero(this.balance.currency)
    if (this.paused?.because === 'cap') this.endPause()
  }

  /** The next instant at which something could be decided differently although nothing was used. */
  private nextChange(): Date | null {
    const { endsAt } = this.period
    const waits = isLow(this.scenario.plan, this.balance)
      ? this.successes.flatMap((success) => waitsAfterSuccess.map((ms) => new Date(success.getTime() + ms)))
      : []
    const monthEnds = endsAt < this.terms.endsAt ? [endsAt] : []
    const ahead = [...waits, ...this.turns, ...monthEnds].filter((instant) => instant > this.at)
    return ahead.reduce<Date | null>((first, instant) => (!first || instant < first ? instant : first), null)
  }

  private considerTopUp(): void {
    const { plan } = this.scenario
    if (!plan.isOn || !isLow(plan, this.balance)) return
    const decision = decideTopUp({ ...plan, ...cleared }, this.topUpFacts)
    if (decision.kind === 'skip') {
      this.heldBack ??= limitsOfTopUp.find((because) => because === decision.because) ?? null
      return
    }
    this.successes = [this.at, ...this.successes]
    this.boughtThisMonth = add(this.boughtThisMonth, decision.amount)
    this.purchases.push({ at: this.at, amount: decision.amount })
    this.changeBalance(decision.amount)
    this.endPause()
  }

  private get isAskedFor(): boolean {
    return this.terms.invoicesAsk.some(({ from, until }) => from <= this.at && (!until || this.at <= until))
  }

  /** A card that always pays, and nothing that stands in the way but the limits that were set. */
  private get topUpFacts(): TopUpFacts {
    const { cap } = this.scenario
    const nothing = zero(this.balance.currency)
    return {
      at: this.at,
      available: this.balance,
      pending: nothing,
      hasOpenAttempt: false,
      hasPaymentMethod: true,
      isAccountSuspended: false,
      isPostPaid: this.creditLimit !== null,
      isDebtInvoiced: isNegative(this.balance) && this.isAskedFor,
      isStoppedByOperator: false,
      isBreakerTripped: false,
      isDryRun: false,
      hasRefundOrDispute: false,
      chargedThisMonth: this.boughtThisMonth,
      capHeadroom: cap && leftOfLimit(cap, this.spent, nothing),
      successes: this.successes,
      isLatestSuccessCredited: true,
      declinesOfCard: 0,
      chargesOfCardInFlight: 0,
      smallestPurchase: this.terms.smallestPurchase,
      largestPurchase: this.terms.largestPurchase,
    }
  }
}

/** What some of so many requests that are alike cost. */
const share = (amount: Money, some: number, count: number): Money =>
  money((amount.nanos * BigInt(some)) / BigInt(count), amount.currency)

/** When a guard of auto top-up lets the next charge through, after one that succeeded. */
const waitsAfterSuccess = [guards.secondsBetweenSuccesses * secondMs, dayMs, 30 * dayMs]

/** In how many equal parts an hour of many requests is replayed. */
const partsOfHour = 20

/** The usage of an hour as requests that are alike, spread evenly; their sum is exact. */
export function requestsOfHour(hour: Date, amount: Money, count: number): Requests[] {
  const parts = Math.min(count, partsOfHour)
  const partOf = (total: bigint, part: number) =>
    (total * BigInt(part + 1)) / BigInt(parts) - (total * BigInt(part)) / BigInt(parts)
  return Array.from({ length: parts }, (_, part) => ({
    at: new Date(hour.getTime() + Math.floor(((part + 0.5) * hourMs) / parts)),
    amount: money(partOf(amount.nanos, part), amount.currency),
    count: Number(partOf(BigInt(count), part)),
  }))
}

/** How a balance moved in reality, from the same pieces. */
export class Reality {
  private balance: Money
  private lowest: Money
  private spent: Money
  private count = 0
  private readonly line: BalanceLine
  private readonly purchases: { at: Date; amount: Money }[] = []

  constructor(startingBalance: Money, startsAt: Date) {
    this.balance = startingBalance
    this.lowest = startingBalance
    this.spent = zero(startingBalance.currency)
    this.line = new BalanceLine(startsAt, startingBalance)
  }

  move(at: Date, amount: Money, isTopUp: boolean): void {
    this.change(at, add(this.balance, amount))
    if (isTopUp) this.purchases.push({ at, amount })
  }

  request({ at, amount, count }: Requests): void {
    this.count += count
    this.spent = add(this.spent, amount)
    this.change(at, subtract(this.balance, amount))
  }

  private change(at: Date, balance: Money): void {
    this.balance = balance
    this.lowest = least(this.lowest, balance)
    this.line.note(at, balance)
  }

  finish(): Pick<Outcome, 'requests' | 'spent' | 'purchases' | 'purchased' | 'lowest' | 'ending' | 'balances'> {
    return {
      requests: this.count,
      spent: this.spent,
      purchases: this.purchases,
      purchased: this.purchases.reduce((sum, { amount }) => add(sum, amount), zero(this.balance.currency)),
      lowest: this.lowest,
      ending: this.balance,
      balances: this.line.points,
    }
  }
}
