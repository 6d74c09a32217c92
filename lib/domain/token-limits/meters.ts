import {
  admitTokens,
  advance,
  beyondAdmitted,
  countUse,
  hasTokens,
  type LimitChange,
  limitOf,
  type Quarter,
  type ReservedTokens,
  refusedTokens,
  remainingOf,
  returnTokens,
  secondsUntilReset,
  startedLimits,
  type TokenCounts,
  type TokenLimits,
  type TokenRates,
  type TokensRefused,
  type TokenTerms,
  type tokenKinds,
} from './rules'

/** What is kept of a model's limits, and the quarters of an hour that tell whether they go down. */
export interface StoredTokenLimits {
  accountId: string
  model: string
  limits: TokenLimits
  history: Quarter[]
}

/** A model's limits after a batch of requests, with what has happened to them since they were last written. */
export interface TokenMeter {
  accountId: string
  model: string
  limits: TokenLimits
  changes: LimitChange[]
  finished: Quarter | null
}

/**
 * The token limits of one account while it is locked: each model's brought up to the present when it is first asked for, and changed
 * in memory as requests are decided.
 */
export class TokenMeters {
  private readonly stored: Map<string, StoredTokenLimits>
  private readonly meters = new Map<string, TokenMeter>()
  private readonly touched = new Set<TokenMeter>()
  private readonly at: number

  /** `stored`: of every model that the batch may ask for, those that have any. */
  constructor(
    private readonly accountId: string,
    stored: StoredTokenLimits[],
    private readonly termsOf: (model: string) => TokenTerms,
    at: Date,
  ) {
    this.stored = new Map(stored.map((limits) => [limits.model, limits]))
    this.at = at.getTime()
  }

  private meterOf(model: string): TokenMeter {
    const known = this.meters.get(model)
    if (known) return known
    const stored = this.stored.get(model)
    const terms = this.termsOf(model)
    const now = stored
      ? advance(stored.limits, stored.history, terms, this.at)
      : { limits: startedLimits(terms, this.at), changes: [], finished: null }
    const meter = { accountId: this.accountId, model, ...now }
    this.meters.set(model, meter)
    return meter
  }

  private change(meter: TokenMeter, limits: TokenLimits): void {
    meter.limits = limits
    this.touched.add(meter)
  }

  /** Why so many tokens of a model may not begin in this minute; null when they may. */
  refused(model: string, asked: TokenCounts): TokensRefused | null {
    return refusedTokens(this.meterOf(model).limits, this.termsOf(model), asked)
  }

  /** Counts what a request may use at most, among the tokens of this minute. The caller has decided that it may. */
  admit(model: string, asked: TokenCounts): ReservedTokens {
    const meter = this.meterOf(model)
    this.change(meter, admitTokens(meter.limits, asked, this.at))
    return { minute: new Date(meter.limits.minute), counts: asked }
  }

  /** Whether what was admitted still counts in the minute that runs. */
  private isOfThisMinute(model: string, { minute }: ReservedTokens): boolean {
    return minute.getTime() === this.meterOf(model).limits.minute
  }

  /** A request has ended: what it was admitted with in this minute is free. What it used is counted by `use`. */
  giveBack(model: string, reserved: ReservedTokens): void {
    if (!this.isOfThisMinute(model, reserved)) return
    const meter = this.meterOf(model)
    this.change(meter, returnTokens(meter.limits, reserved.counts))
  }

  /**
   * Counts what was used, whatever the limit. `reserved`: what its request was admitted with, if that has not been given back; in an
   * earlier minute it has counted already, and only what goes beyond it counts once more.
   */
  use(model: string, used: TokenCounts, reserved: ReservedTokens | null): void {
    if (!hasTokens(used)) return
    const meter = this.meterOf(model)
    const isCounted = reserved !== null && !this.isOfThisMinute(model, reserved)
    const admitted = isCounted ? beyondAdmitted(used, reserved.counts) : used
    this.change(meter, countUse(admitTokens(meter.limits, admitted, this.at), used, this.at))
  }

  /** The limits of a model and what is left of this minute. */
  ratesOf(model: string): TokenRates {
    const { limits } = this.meterOf(model)
    const terms = this.termsOf(model)
    const of = (kind: (typeof tokenKinds)[number]) => ({
      limit: limitOf(limits, kind, terms),
      remaining: remainingOf(limits, kind, terms),
    })
    return {
      model,
      resetSeconds: secondsUntilReset(limits.minute, this.at),
      prompt: of('prompt'),
      uncached: of('uncached'),
      generated: of('generated'),
    }
  }

  /** Those that have to be written. */
  get changed(): TokenMeter[] {
    return [...this.touched]
  }
}
