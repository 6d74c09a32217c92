import { type AccountName, accountNameOf } from './account-name.js'
import type { PurseClient } from './client.js'
import { PurseError } from './errors.js'
import { newId } from './ids.js'
import { outputTokensFor, parseNanos, type Rates, ratesOf } from './money.js'
import { sleep } from './transport.js'
import type { Authorization, Usage } from './types.js'

export type MeterOptions = AccountName & MeterSettings

export interface MeterSettings {
  /** What the request is for: a project, a feature. */
  tag?: string
  /** The model whose prices apply. */
  model: string
  /** Tokens of the prompt, as well as they are known before the request runs. */
  inputTokens: number
  /** The request's own limit of output tokens, when it has one. */
  maxOutputTokens?: number
  /** Output tokens of the first hold; default 256, or `maxOutputTokens` when that is less. Extended as needed. */
  holdOutputTokens?: number
  /** Report usage so far after this many tokens (default 500), at most four times a second, … */
  reportEveryTokens?: number
  /** … and after this time, default 5,000. */
  reportEveryMs?: number
  /** How long the hold outlives the last report; default 60. Then it is charged for what was reported. */
  expiresInSeconds?: number
  /** How long a stream pauses for a refusal that may pass by itself (a top-up, other holds); default 5,000. */
  waitForCreditMs?: number
  idempotencyKey?: string
  onProgress?: (authorization: Authorization) => void
}

const firstHoldTokens = 256
const leastReportMs = 250
/** An extension holds what the stream will use in about this time. */
const extendForMs = 4_000
const leastExtension = 128
const mostExtension = 65_536
const pricesAgeMs = 60_000

/**
 * The account's side of one running request: never more output than is held for, the hold raised in time and reported
 * often enough that a crash is charged for nearly what was delivered.
 */
export class Meter {
  readonly #client: PurseClient
  readonly #options: MeterOptions
  readonly #startedAt = performance.now()
  readonly authorization: Authorization
  inputTokens: number
  cachedInputTokens = 0
  /** Output tokens delivered so far. */
  delivered = 0
  /** Output tokens that are held for. */
  #allowed: number
  #extending: Promise<void> | null = null
  #refusal: PurseError | null = null
  #reporting: Promise<void> | null = null
  #reportedTokens = 0
  #reportedAt = performance.now()
  #timer: ReturnType<typeof setInterval>
  #ending: Promise<Authorization | null> | null = null

  private constructor(client: PurseClient, options: MeterOptions, authorization: Authorization, allowed: number) {
    this.#client = client
    this.#options = options
    this.authorization = authorization
    this.inputTokens = options.inputTokens
    this.#allowed = authorization.isUnchecked ? Number.POSITIVE_INFINITY : allowed
    const everyMs = options.reportEveryMs ?? 5_000
    this.#timer = setInterval(() => {
      if (performance.now() - this.#reportedAt >= everyMs / 2) this.#report()
    }, everyMs)
    ;(this.#timer as { unref?: () => void }).unref?.()
  }

  /**
   * @param isWhole hold for the whole of `maxOutputTokens` at once: the answer comes in one piece
   * @throws PurseError when the request may not run
   */
  static async open(
    client: PurseClient,
    options: MeterOptions,
    isWhole: boolean,
    signal?: AbortSignal,
  ): Promise<Meter> {
    const most = options.maxOutputTokens ?? Number.POSITIVE_INFINITY
    const first = isWhole ? most : Math.min(options.holdOutputTokens ?? firstHoldTokens, most)
    const request = {
      ...accountNameOf(options),
      ...(options.tag === undefined ? {} : { tag: options.tag }),
      model: options.model,
      inputTokens: options.inputTokens,
      idempotencyKey: options.idempotencyKey ?? newId(),
      expiresInSeconds: options.expiresInSeconds ?? (isWhole ? 600 : 60),
    }
    const retryRefusals = options.waitForCreditMs !== 0
    const authorize = (maxOutputTokens: number) =>
      client.authorize({ ...request, maxOutputTokens }, { ...(signal ? { signal } : {}), retryRefusals })
    try {
      return new Meter(client, options, await authorize(first), first)
    } catch (error) {
      // The last of the credit may still begin a stream, if not with the usual first hold.
      const less =
        isWhole || !isRefusal(error) ? 0 : await affordableTokens(client, options.model, options.inputTokens, error)
      if (less < 1 || less >= first) throw error
      return new Meter(client, options, await authorize(less), less)
    }
  }

  /** Waits until so many more output tokens may be delivered. Returns why not, when they may not. */
  async admit(tokens: number): Promise<PurseError | null> {
    const wanted = this.delivered + tokens
    let waitUntil: number | undefined
    while (wanted > this.#allowed) {
      await this.#extend(wanted)
      if (wanted <= this.#allowed) break
      const refusal = this.#refusal
      if (!refusal) continue
      waitUntil ??= performance.now() + (this.#options.waitForCreditMs ?? 5_000)
      const waitMs = Math.max(100, (refusal.retryAfterSeconds ?? 0) * 1000)
      if (!refusal.isRetryable || this.#ending || performance.now() + waitMs > waitUntil) return refusal
      await sleep(waitMs)
    }
    this.delivered = wanted
    const headroom = this.#step() / 2
    if (this.#allowed - this.delivered < headroom && this.#allowed < this.#mostOutput() && !this.#refusal) {
      void this.#extend(this.delivered)
    }
    if (this.delivered - this.#reportedTokens >= (this.#options.reportEveryTokens ?? 500)) this.#report()
    return null
  }

  /** What upstream itself says was used; it wins over the count. */
  correct(usage: { inputTokens?: number; cachedInputTokens?: number; outputTokens?: number }): void {
    this.inputTokens = usage.inputTokens ?? this.inputTokens
    this.cachedInputTokens = Math.min(usage.cachedInputTokens ?? this.cachedInputTokens, this.inputTokens)
    this.delivered = usage.outputTokens ?? this.delivered
  }

  get usage(): Usage {
    const { inputTokens, cachedInputTokens, delivered: outputTokens } = this
    return { model: this.#options.model, inputTokens, cachedInputTokens, outputTokens }
  }

  /**
   * Settles for what was delivered, once. Null when the gate could not be told yet: it will be, in the background.
   */
  settle(): Promise<Authorization | null> {
    return this.#end(this.usage)
  }

  /** Gives the hold back: nothing was delivered. */
  release(): Promise<Authorization | null> {
    return this.#end(null)
  }

  #end(usage: Usage | null): Promise<Authorization | null> {
    clearInterval(this.#timer)
    this.#ending ??= this.#close(usage)
    return this.#ending
  }

  async #close(usage: Usage | null): Promise<Authorization | null> {
    await Promise.all([this.#extending, this.#reporting])
    const { id } = this.authorization
    try {
      return usage ? await this.#client.settle(id, usage) : await this.#client.release(id)
    } catch (error) {
      if (!(error instanceof PurseError)) throw error
      this.#client.settleLater(id, usage)
      return null
    }
  }

  /** Raises the hold, at least to `least` output tokens if that can be had. Never throws; the refusal is kept. */
  #extend(least: number): Promise<void> {
    const wished = Math.max(least, Math.min(this.#allowed + this.#step(), this.#mostOutput()))
    this.#extending ??= this.#extendTo(wished, least).finally(() => {
      this.#extending = null
    })
    return this.#extending
  }

  async #extendTo(wished: number, least: number): Promise<void> {
    const refusal = await this.#hold(wished)
    this.#refusal = refusal
    if (!refusal) return
    if (refusal.isGateAway && this.#client.failOpen) return this.#goUnchecked(refusal, wished)
    const less = Math.min(wished, await affordableTokens(this.#client, this.#options.model, this.inputTokens, refusal))
    if (less > this.#allowed) await this.#hold(less)
    // The wish may be out of reach while what is needed next only waits for other requests.
    else if (least > this.#allowed && least < wished) this.#refusal = await this.#hold(least)
  }

  /** Holds for so many output tokens in all. Returns why not. */
  async #hold(tokens: number): Promise<PurseError | null> {
    const total = {
      inputTokens: this.inputTokens,
      maxOutputTokens: tokens,
      expiresInSeconds: this.#options.expiresInSeconds ?? 60,
    }
    try {
      await this.#client.extend(this.authorization.id, total, { retryRefusals: false })
      this.#allowed = tokens
      return null
    } catch (error) {
      if (error instanceof PurseError) return error
      throw error
    }
  }

  #goUnchecked(error: PurseError, tokens: number): void {
    try {
      this.#client.announceFailOpen({ ...this.authorization, isUnchecked: true }, error)
      this.#allowed = tokens
    } catch (full) {
      this.#refusal = full as PurseError
    }
  }

  #step(): number {
    const rate = this.delivered / Math.max(1, performance.now() - this.#startedAt)
    return Math.round(Math.min(mostExtension, Math.max(leastExtension, rate * extendForMs)))
  }

  #mostOutput(): number {
    return this.#options.maxOutputTokens ?? Number.POSITIVE_INFINITY
  }

  /** Best effort: the next report says more, and the settlement says all. */
  #report(): void {
    if (this.#reporting || this.#ending || performance.now() - this.#reportedAt < leastReportMs) return
    this.#reportedAt = performance.now()
    this.#reportedTokens = this.delivered
    const usage = { ...this.usage, expiresInSeconds: this.#options.expiresInSeconds ?? 60 }
    this.#reporting = this.#client
      .reportProgress(this.authorization.id, usage)
      .then(
        (authorization) => this.#options.onProgress?.(authorization),
        () => {},
      )
      .finally(() => {
        this.#reporting = null
      })
  }
}

const isRefusal = (error: unknown): error is PurseError => error instanceof PurseError && !error.isGateAway

const priceLists = new WeakMap<PurseClient, { at: number; rates: Promise<Map<string, Rates>> }>()

/** How many output tokens the refusal's `maxAffordable` would pay; 0 when it does not say. */
async function affordableTokens(
  client: PurseClient,
  model: string,
  inputTokens: number,
  refusal: PurseError,
): Promise<number> {
  if (refusal.maxAffordable === undefined) return 0
  try {
    const rates = (await ratesFor(client)).get(model)
    return rates ? outputTokensFor(rates, inputTokens, parseNanos(refusal.maxAffordable)) : 0
  } catch {
    priceLists.delete(client)
    return 0
  }
}

function ratesFor(client: PurseClient): Promise<Map<string, Rates>> {
  const known = priceLists.get(client)
  if (known && performance.now() - known.at < pricesAgeMs) return known.rates
  const rates = client.prices().then((prices) => new Map(prices.map((price) => [price.model, ratesOf(price)])))
  priceLists.set(client, { at: performance.now(), rates })
  return rates
}
