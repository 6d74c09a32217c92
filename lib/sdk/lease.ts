import { type AccountName, accountNameOf } from './account-name.js'
import type { PurseClient } from './client.js'
import { ownError, PurseError } from './errors.js'
import { newId } from './ids.js'
import { chargeNanos, checkTokens, formatNanos, mostNanos, parseNanos, type Rates, ratesOf } from './money.js'
import { sleep, waitBefore } from './transport.js'
import type { HoldSize, LeaseEvent, LeaseState, SettleLeaseAnswer, Usage, UsageResult } from './types.js'

/** Whose usage it is. What a lease of an API key pays for counts on that key's budgets. */
export type LeaseOptions = AccountName & LeaseSettings

export interface LeaseSettings {
  /** What its usage is for, where a settlement says nothing else. */
  tag?: string
  /** How much unspent credit to hold, as a decimal string. The account cannot use it elsewhere meanwhile. */
  amount: string
  /** Refill as soon as less than this is free; default half of `amount`. */
  refillBelow?: string
  /** How long the gate keeps the lease without hearing of it; default 300. Renewed by itself. */
  expiresInSeconds?: number
  /** Report settled requests at the latest after this; default 1,000. What a crash loses is at most this old. */
  settleEveryMs?: number
  /** … or as soon as this many wait; default 500, at most 1,000. */
  settleEvery?: number
  /** Close on SIGTERM and before the process ends by itself. */
  closeOnExit?: boolean
  /** Told of everything that went wrong in the background: refused refills, unreachable gate, refused events. */
  onError?: (error: PurseError) => void
}

/** A promise out of the lease. Settle or release it exactly once. */
export interface Ticket {
  readonly model: string | undefined
  /** What is promised, in nano-dollars. */
  readonly nanos: number
  isOpen: boolean
}

const mostEvents = 1000
const longestRetryMs = 10_000
const refusedRetryMs = 2_000
const mostWaits = 5
const pricesAgeMs = 60_000

interface Settled {
  event: LeaseEvent
  nanos: number
}

/**
 * Credit held at the gate and promised from memory. What `authorize` has promised, what is settled and not yet reported
 * and what is free always add up to what the gate holds, so the account never overspends, however many leases it has.
 */
export class Lease {
  readonly accountId: string
  readonly #client: PurseClient
  readonly #options: LeaseOptions
  readonly #target: number
  readonly #refillBelow: number
  readonly #seconds: number
  #state: LeaseState
  #rates = new Map<string, Rates>()
  #pricedAt = 0
  /** Held at the gate as of its last answer. */
  #held = 0
  /** Of #held: promised to open tickets. */
  #promised = 0
  #openTickets = 0
  /** Of #held: settled and not yet taken by the gate. */
  #unreported = 0
  #settled: Settled[] = []
  /** Until when the gate surely keeps the lease, by the clock that never jumps … */
  #deadline = 0
  /** … and by the one that goes on while the machine sleeps. */
  #wallDeadline = 0
  /** What the largest request that did not fit needs, and what all that wait for a refill need together. */
  #wanted = 0
  #waiting = 0
  /** Why the last flush or its refill did not work. */
  #refusal: PurseError | null = null
  #refusedWith: PurseError | null = null
  #failures = 0
  #flushing: Promise<void> | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #timerAt = Number.POSITIVE_INFINITY
  #isClosed = false
  #closing: Promise<void> | null = null
  #stopListening = () => {}

  private constructor(client: PurseClient, options: LeaseOptions, opened: { state: LeaseState; askedAt: number }) {
    this.#client = client
    this.#options = options
    this.accountId = opened.state.accountId
    this.#target = parseNanos(options.amount, 'amount')
    this.#refillBelow =
      options.refillBelow === undefined ? Math.floor(this.#target / 2) : parseNanos(options.refillBelow, 'refillBelow')
    this.#seconds = options.expiresInSeconds ?? 300
    this.#state = opened.state
    this.#hold(opened.state, opened.askedAt)
    if (options.closeOnExit) this.#listenForExit()
    this.#plan()
  }

  /** @throws PurseError when the account cannot give the amount */
  static async open(client: PurseClient, options: LeaseOptions): Promise<Lease> {
    parseNanos(options.amount, 'amount')
    if (options.refillBelow !== undefined) parseNanos(options.refillBelow, 'refillBelow')
    const opened = await openAtGate(client, options)
    const lease = new Lease(client, options, opened)
    try {
      await lease.#fetchPrices()
    } catch (error) {
      await lease.close().catch(() => {})
      throw error
    }
    return lease
  }

  /** The id of the lease that is drawn at the moment. */
  get id(): string {
    return this.#state.id
  }

  /** What may still be promised, as a decimal string. */
  get free(): string {
    return formatNanos(Math.max(0, this.#free()))
  }

  /** How many settled requests the gate has not heard of yet. */
  get unreported(): number {
    return this.#settled.length
  }

  /**
   * Promises a request its maximum cost, at once and from memory.
   * @throws PurseError `lease_exhausted` (retry: a refill is under way), the gate's own code when it refused the
   * refill, `lease_expired`, `lease_closed`, `unknown_model`, `invalid_request`
   */
  authorize(size: string | HoldSize): Ticket {
    if (this.#isClosed) throw ownError('lease_closed', 409, 'The lease is closed.')
    const nanos = this.#nanosOf(size)
    const model = typeof size === 'string' ? undefined : size.model
    const isAlive = performance.now() < this.#deadline && Date.now() < this.#wallDeadline
    if (!isAlive || nanos > this.#free()) this.#refuse(nanos, isAlive)
    this.#promised += nanos
    this.#openTickets += 1
    return { model, nanos, isOpen: true }
  }

  /** As `authorize`, but waits for a refill when the lease is short, and enlarges it for a larger request. */
  async authorizeOrWait(size: string | HoldSize): Promise<Ticket> {
    for (let waited = 0; ; waited++) {
      try {
        return this.authorize(size)
      } catch (error) {
        const isShort =
          error instanceof PurseError && (error.code === 'lease_exhausted' || error.code === 'lease_expired')
        const isRefused = error instanceof PurseError && error === this.#refusedWith && waited === 0
        if (!(isShort || isRefused) || waited >= mostWaits) throw error
      }
      await this.#waitForRefill(this.#nanosOf(size))
    }
  }

  async #waitForRefill(nanos: number): Promise<void> {
    this.#waiting += nanos
    try {
      // A flush that is under way does not know of this request yet.
      if (this.#flushing) await this.#flushing
      await this.#flushOnce()
    } catch (error) {
      if (!(error instanceof PurseError)) throw error
    } finally {
      this.#waiting -= nanos
    }
  }

  /**
   * Charges what the request used; reported to the gate in the background. Out of a lease of the account alone, each request may
   * name its own API key.
   * @throws PurseError `ticket_closed`, `unknown_model`, `invalid_request`; the ticket stays open then
   */
  settle(ticket: Ticket, usage: Usage, facts: Pick<LeaseEvent, 'apiKey' | 'apiKeyHash' | 'tag'> = {}): void {
    const { model = ticket.model, inputTokens, cachedInputTokens = 0, outputTokens } = usage
    if (!ticket.isOpen) throw ownError('ticket_closed', 409, 'The ticket is settled or released already.')
    if (model === undefined) throw malformed('model', 'model is missing: the ticket was authorized without one.')
    checkTokens(inputTokens, 'inputTokens')
    checkTokens(outputTokens, 'outputTokens')
    checkTokens(cachedInputTokens, 'cachedInputTokens')
    if (cachedInputTokens > inputTokens)
      throw malformed('cachedInputTokens', 'cachedInputTokens is part of inputTokens.')
    const nanos = chargeNanos(this.#ratesOf(model), inputTokens, cachedInputTokens, outputTokens)
    const event = { ...facts, id: newId(), model, inputTokens, cachedInputTokens, outputTokens }
    this.#endTicket(ticket)
    this.#unreported += nanos
    this.#settled.push({ event, nanos })
    if (this.#failures > 0) this.#planAt(longestRetryMs)
    else this.#planAt(this.#isDue() ? 0 : (this.#options.settleEveryMs ?? 1000))
  }

  /** Takes a promise back: the request never ran. */
  release(ticket: Ticket): void {
    if (!ticket.isOpen) throw ownError('ticket_closed', 409, 'The ticket is settled or released already.')
    this.#endTicket(ticket)
  }

  /** Reports everything that is settled and refills. @throws PurseError when that did not work; nothing is lost then */
  async flush(): Promise<void> {
    if (this.#flushing) await this.#flushing.catch(() => {})
    do await this.#flushOnce()
    while (this.#settled.length > 0)
  }

  /**
   * Stops promising, waits for open tickets (at most `waitMs`, default 10,000), reports everything and gives the rest
   * back. A ticket that is settled later still is charged all the same.
   * @throws PurseError when the gate could not be told in that time; call it again
   */
  async close({ waitMs = 10_000 }: { waitMs?: number } = {}): Promise<void> {
    this.#isClosed = true
    this.#closing ??= this.#close(performance.now() + waitMs).finally(() => {
      this.#closing = null
    })
    return this.#closing
  }

  async #close(until: number): Promise<void> {
    while (this.#openTickets > 0 && performance.now() < until) await sleep(20)
    for (let failed = 0; ; failed++) {
      try {
        if (this.#flushing) await this.#flushing.catch(() => {})
        while (this.#settled.length > 0) await this.#flushOnce()
        if (this.#state.state === 'open') this.#state = await this.#client.releaseLease(this.#state.id)
        if (this.#settled.length === 0) break
      } catch (error) {
        const isWorthRetry = error instanceof PurseError && error.isRetryable && performance.now() < until
        if (!isWorthRetry) throw error
        await sleep(waitBefore(failed + 1, error.retryAfterSeconds, 1000))
      }
    }
    clearTimeout(this.#timer)
    this.#stopListening()
  }

  #free(): number {
    return this.#held - this.#promised - this.#unreported
  }

  #endTicket(ticket: Ticket): void {
    ticket.isOpen = false
    this.#promised -= ticket.nanos
    this.#openTickets -= 1
  }

  #nanosOf(size: string | HoldSize): number {
    if (typeof size === 'string') return parseNanos(size, 'maxCost')
    if ('maxCost' in size) return parseNanos(size.maxCost, 'maxCost')
    checkTokens(size.inputTokens, 'inputTokens')
    checkTokens(size.maxOutputTokens, 'maxOutputTokens')
    return mostNanos(this.#ratesOf(size.model), size.inputTokens, size.maxOutputTokens)
  }

  #ratesOf(model: string): Rates {
    const rates = this.#rates.get(model)
    if (rates) return rates
    this.#pricedAt = Number.NEGATIVE_INFINITY // it may be new: look again with the next flush
    this.#planAt(refusedRetryMs)
    throw new PurseError({
      code: 'unknown_model',
      status: 400,
      field: 'model',
      detail: `No price is known for ${model}.`,
    })
  }

  /** @throws PurseError always, unless the client fails open and the gate is away */
  #refuse(nanos: number, isAlive: boolean): void {
    const refusal = this.#refusal
    this.#refusedWith = null
    this.#wanted = Math.max(this.#wanted, nanos)
    this.#planAt(refusal ? refusedRetryMs : 0)
    if (refusal?.isGateAway && this.#client.failOpen) {
      const admitted = { model: null, charged: null, reported: null, isUnchecked: true }
      this.#client.announceFailOpen({ ...this.#state, ...admitted, state: 'open' }, refusal)
      return
    }
    const maxAffordable = { max_affordable: formatNanos(Math.max(0, this.#free())) }
    const soon = { ...maxAffordable, retry_after_seconds: 1 }
    if (!isAlive) {
      const detail = `The lease has expired. ${refusal ? refusal.detail : 'It is being renewed.'}`
      throw ownError('lease_expired', 503, detail, soon, refusal ?? undefined)
    }
    if (refusal && !refusal.isGateAway) {
      this.#refusedWith = new PurseError({ ...refusal.problem, ...maxAffordable })
      throw this.#refusedWith
    }
    const detail = 'The lease has too little left for this request; it is being refilled.'
    throw ownError('lease_exhausted', 429, detail, soon, refusal ?? undefined)
  }

  /** Whether so much is settled that it shall be reported, and the lease refilled, now. */
  #isDue(): boolean {
    if (this.#settled.length >= Math.min(this.#options.settleEvery ?? 500, mostEvents)) return true
    return !this.#refusal && this.#unreported > 0 && this.#held - this.#unreported < this.#refillBelow
  }

  /** Asks for a flush within `ms`; an earlier one that is planned stays. */
  #planAt(ms: number): void {
    const at = performance.now() + ms
    if (this.#flushing) return
    if (at < this.#timerAt) {
      clearTimeout(this.#timer)
      this.#timerAt = at
      this.#timer = setTimeout(() => void this.#flushInBackground(), ms)
    }
    // Something to report keeps the process alive, unless its end reports it; a renewal alone does not.
    const timer = this.#timer as { ref?: () => void; unref?: () => void } | undefined
    if (this.#settled.length > 0 && !this.#options.closeOnExit) timer?.ref?.()
    else timer?.unref?.()
  }

  /** The next flush that is due anyway: to report what is settled, or to renew at half of the lease's time. */
  #plan(failed = 0): void {
    if (this.#isClosed && this.#settled.length === 0) return
    const renewMs = Math.max(0, this.#deadline - performance.now() - (this.#seconds * 1000) / 2)
    if (failed > 0) this.#planAt(waitBefore(failed, this.#refusal?.retryAfterSeconds, longestRetryMs))
    else if (this.#isDue() || (this.#wanted > 0 && !this.#refusal)) this.#planAt(0)
    else if (this.#settled.length > 0) this.#planAt(Math.min(renewMs, this.#options.settleEveryMs ?? 1000))
    else this.#planAt(renewMs)
  }

  async #flushInBackground(): Promise<void> {
    try {
      await this.#flushOnce()
    } catch (error) {
      if (!(error instanceof PurseError)) throw error
    }
  }

  /** One flush in flight; whoever comes meanwhile waits for that one. */
  #flushOnce(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timerAt = Number.POSITIVE_INFINITY
    this.#flushing ??= this.#report()
      .then(
        () => {
          this.#failures = 0
        },
        (error) => {
          this.#failures += 1
          this.#refusal = error as PurseError
          this.#options.onError?.(error as PurseError)
          throw error
        },
      )
      .finally(() => {
        this.#flushing = null
        this.#plan(this.#failures)
      })
    return this.#flushing
  }

  async #report(): Promise<void> {
    const batch = this.#settled.slice(0, mostEvents)
    const refillTo = this.#isClosed ? null : this.#refillTo(batch)
    this.#wanted = 0
    const answer = await this.#settleAtGate(batch, refillTo && Math.max(refillTo.usual, refillTo.wanted))
    this.#taken(batch)
    let isPriceOld = performance.now() - this.#pricedAt > pricesAgeMs
    for (const result of answer.results) {
      const sent = batch[result.index]
      if (result.status === 'refused') this.#tellRefused(result, sent?.event)
      else if (result.amount !== undefined && parseNanos(result.amount) !== sent?.nanos) isPriceOld = true
    }
    if (this.#isClosed) return
    // It expired while the gate could not be reached. What was settled has been charged all the same.
    if (this.#state.state !== 'open') await this.#reopen()
    else if (refillTo && answer.refill) await this.#takeWhatIsLeft(answer.refill.maxAffordable, refillTo)
    if (isPriceOld) await this.#fetchPrices()
  }

  /** What shall be held beside what is reported now: the wished amount, or more for a larger request. */
  #refillTo(batch: Settled[]): RefillTo {
    const reported = batch.reduce((sum, { nanos }) => sum + nanos, 0)
    const spokenFor = this.#promised + this.#unreported - reported
    return { usual: this.#target, wanted: Math.max(this.#wanted, this.#waiting) + spokenFor }
  }

  async #settleAtGate(batch: Settled[], refillNanos: number | null) {
    const askedAt = performance.now()
    const answer = await this.#client.settleLease(this.#state.id, {
      events: batch.map(({ event }) => event),
      expiresInSeconds: this.#seconds,
      ...(refillNanos === null ? {} : { amount: formatNanos(refillNanos) }),
    })
    this.#hold(answer.lease, askedAt)
    this.#refusal = answer.refill && refillRefusal(answer.refill)
    if (this.#refusal && answer.lease.state === 'open') this.#options.onError?.(this.#refusal)
    return answer
  }

  /** A refused refill says what would pass: enough for the request that waits, or all there is. */
  async #takeWhatIsLeft(maxAffordable: string | null, { usual, wanted }: RefillTo): Promise<void> {
    const most = maxAffordable === null ? 0 : parseNanos(maxAffordable)
    if (most <= this.#held) return
    const refusal = this.#refusal
    await this.#settleAtGate([], wanted <= most ? Math.max(wanted, Math.min(usual, most)) : Math.min(usual, most))
    this.#refusal ??= refusal
  }

  #hold(state: LeaseState, askedAt: number): void {
    this.#state = state
    this.#held = parseNanos(state.amount)
    this.#deadline = askedAt + this.#seconds * 1000
    this.#wallDeadline = Date.now() - (performance.now() - askedAt) + this.#seconds * 1000
  }

  #taken(batch: Settled[]): void {
    this.#settled.splice(0, batch.length)
    for (const { nanos } of batch) this.#unreported -= nanos
  }

  async #reopen(): Promise<void> {
    const opened = await openAtGate(this.#client, this.#options)
    this.#hold(opened.state, opened.askedAt)
    this.#refusal = null
  }

  async #fetchPrices(): Promise<void> {
    const prices = await this.#client.prices()
    this.#rates = new Map(prices.map((price) => [price.model, ratesOf(price)]))
    this.#pricedAt = performance.now()
  }

  #tellRefused({ code = 'invalid_request', message = '', field }: UsageResult, event: LeaseEvent | undefined): void {
    const detail = `The gate refused a settled request (${JSON.stringify(event)}): ${message}`
    const error = new PurseError({ code, status: 400, detail, ...(field ? { field } : {}) })
    if (this.#options.onError) this.#options.onError(error)
    else console.error(`Purse: ${error.message}`)
  }

  #listenForExit(): void {
    const { process } = globalThis
    if (!process?.once) return
    const onTerminate = () => {
      void this.close()
        .catch((error) => console.error(`Purse: the lease could not be closed: ${error.message}`))
        .finally(() => {
          this.#stopListening()
          if (process.listenerCount('SIGTERM') === 0) process.kill(process.pid, 'SIGTERM')
        })
    }
    const onEnd = () => {
      this.close().catch((error) => console.error(`Purse: the lease could not be closed: ${error.message}`))
    }
    process.once('SIGTERM', onTerminate)
    process.once('beforeExit', onEnd)
    this.#stopListening = () => {
      process.off('SIGTERM', onTerminate)
      process.off('beforeExit', onEnd)
    }
  }
}

interface RefillTo {
  /** The wished amount. */
  usual: number
  /** What open tickets and the requests that did not fit need. */
  wanted: number
}

const malformed = (field: string, detail: string) => ownError('invalid_request', 400, detail, { field })

type Refill = NonNullable<SettleLeaseAnswer['refill']>

const refillRefusal = ({ code, detail, maxAffordable }: Refill) =>
  new PurseError({ code, detail, status: 402, ...(maxAffordable === null ? {} : { max_affordable: maxAffordable }) })

async function openAtGate(client: PurseClient, options: LeaseOptions) {
  const { amount, expiresInSeconds = 300, tag } = options
  const askedAt = performance.now()
  const terms = { amount, expiresInSeconds, idempotencyKey: newId(), ...(tag === undefined ? {} : { tag }) }
  const state = await client.openLease({ ...accountNameOf(options), ...terms })
  return { state, askedAt }
}
