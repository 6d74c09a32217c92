import { ownError, PurseError } from './errors.js'
import { newId } from './ids.js'
import { Lease, type LeaseOptions } from './lease.js'
import { Outbox } from './outbox.js'
import { type CallOptions, call, type TransportOptions } from './transport.js'
import type {
  Authorization,
  AuthorizeInput,
  Balance,
  Charge,
  ExtendInput,
  LeaseState,
  OpenLeaseInput,
  Price,
  ProgressInput,
  RecordUsageOptions,
  SettleLeaseAnswer,
  SettleLeaseInput,
  Usage,
  UsageAnswer,
  UsageEvent,
} from './types.js'
import { camelCased, snakeCased } from './wire.js'

export interface PurseClientOptions {
  /** The gate's address, for example "https://purse.example.com". */
  baseUrl: string
  /** A service key: purse_sk_… */
  apiKey: string
  fetch?: typeof globalThis.fetch
  /** How long one try may take; default 5,000. */
  timeoutMs?: number
  /** How often a call is repeated that may be repeated; default 2. */
  retries?: number
  /** The longest wait before a repeat; default 2,000. A refusal that asks for a longer wait is thrown at once. */
  longestWaitMs?: number
  /**
   * Let requests run when the gate cannot be asked. Default false: `authorize` throws. When true, each such request is
   * announced, runs without a hold and beyond every limit, and its usage is reported, in full, when the gate is back.
   */
  failOpen?: boolean
  /** Called for each request that runs unchecked, in place of a warning on the console. */
  onFailOpen?: (admitted: { authorization: Authorization; error: PurseError }) => void
  /** Called for usage that the gate refused for good when it was reported later, in place of a console message. */
  onUnreported?: (lost: { error: PurseError; entries: unknown[] }) => void
}

export interface CallSettings {
  signal?: AbortSignal
  /** False: a refusal is thrown at once, also when it says that a repeat may pass. Default true. */
  retryRefusals?: boolean
}

const mostEvents = 1000
const mostWaiting = 100_000
const uncheckedPrefix = 'unchecked_'

/** The gate, typed. Amounts are decimal strings; every call may be repeated; every failure is a PurseError. */
export class PurseClient {
  readonly failOpen: boolean
  readonly #options: PurseClientOptions
  readonly #transport: TransportOptions
  readonly #usage: Outbox<UsageEvent>
  readonly #settles: Outbox<{ id: string; usage: Usage | null }>

  /** @throws PurseError `invalid_request` naming the option that is wrong */
  constructor(options: PurseClientOptions) {
    if (!/^https?:\/\//.test(options.baseUrl ?? ''))
      throw wrong('baseUrl', 'must be the address of the gate: https://…')
    if (!options.apiKey) throw wrong('apiKey', 'is missing: a service key of the platform, purse_sk_…')
    this.#options = options
    this.failOpen = options.failOpen ?? false
    this.#transport = {
      baseUrl: options.baseUrl.replace(/\/+$/, ''),
      apiKey: options.apiKey,
      timeoutMs: options.timeoutMs ?? 5_000,
      retries: options.retries ?? 2,
      longestWaitMs: options.longestWaitMs ?? 2_000,
      ...(options.fetch ? { fetch: options.fetch } : {}),
    }
    const onRefused = (error: PurseError, entries: unknown[]) => this.#reportLost(error, entries)
    this.#usage = new Outbox<UsageEvent>({
      batch: mostEvents,
      most: mostWaiting,
      onRefused,
      send: async (events) => {
        const { results } = await this.#sendUsage(events, { beyondCredit: 'record' })
        for (const result of results.filter(({ status }) => status === 'refused')) {
          const { code = 'invalid_request', message = '', field } = result
          onRefused(new PurseError({ code, detail: message, status: 400, ...(field ? { field } : {}) }), [
            events[result.index],
          ])
        }
      },
    })
    this.#settles = new Outbox<{ id: string; usage: Usage | null }>({
      batch: 1,
      most: mostWaiting,
      onRefused,
      send: async ([entry]) => {
        if (entry!.usage) await this.settle(entry!.id, entry!.usage)
        else await this.release(entry!.id)
      },
    })
  }

  /**
   * Holds credit for a request before it runs.
   * @throws PurseError with the gate's code; `gate_unreachable` when it cannot be asked and `failOpen` is not set, or an
   *   `apiKey` alone names the account
   */
  async authorize(input: AuthorizeInput, settings: CallSettings = {}): Promise<Authorization> {
    const body = { ...input, idempotencyKey: input.idempotencyKey ?? newId() }
    try {
      return await this.#post<Authorization>('/v1/authorizations', body, settings)
    } catch (error) {
      if (!this.failOpen || !(error instanceof PurseError) || !error.isGateAway) throw error
      // Only the gate knows whose a key is, and whether it is in force.
      if (input.accountId === undefined) throw error
      return this.#admitUnchecked({ ...input, accountId: input.accountId }, error)
    }
  }

  /** A hold as it is now. */
  async getAuthorization(id: string, settings: CallSettings = {}): Promise<Authorization> {
    const unchecked = readUncheckedId(id)?.authorization
    return unchecked ?? this.#get<Authorization>(`/v1/authorizations/${encodeURIComponent(id)}`, settings)
  }

  /** Raises a hold to a new total, or makes it last longer. A refusal's `maxAffordable` is the largest new total. */
  async extend(id: string, input: ExtendInput, settings: CallSettings = {}): Promise<Authorization> {
    const unchecked = readUncheckedId(id)?.authorization
    if (unchecked) return unchecked
    const body = { ...input, idempotencyKey: input.idempotencyKey ?? newId() }
    return this.#post<Authorization>(`/v1/authorizations/${encodeURIComponent(id)}/extend`, body, settings)
  }

  /** Says what a running request has used so far: what it is charged for if it is never heard of again. */
  async reportProgress(id: string, usage: ProgressInput, settings: CallSettings = {}): Promise<Authorization> {
    const unchecked = readUncheckedId(id)?.authorization
    return (
      unchecked ?? this.#post<Authorization>(`/v1/authorizations/${encodeURIComponent(id)}/progress`, usage, settings)
    )
  }

  /** Charges what a request used, once, and frees the rest of its hold. */
  async settle(id: string, usage: Usage, settings: CallSettings = {}): Promise<Authorization> {
    const unchecked = readUncheckedId(id)
    if (!unchecked)
      return this.#post<Authorization>(`/v1/authorizations/${encodeURIComponent(id)}/settle`, usage, settings)
    const model = usage.model ?? unchecked.authorization.model
    if (!model) throw wrong('model', 'is missing: the request was admitted without one')
    const { eventId, authorization, facts } = unchecked
    const { accountId, createdAt } = authorization
    this.reportLater({ ...usage, ...facts, id: eventId, accountId, model, occurredAt: createdAt })
    return { ...authorization, model, state: 'settled' }
  }

  /** Gives a hold back unused. */
  async release(id: string, settings: CallSettings = {}): Promise<Authorization> {
    const unchecked = readUncheckedId(id)
    if (unchecked) return { ...unchecked.authorization, state: 'released' }
    return this.#post<Authorization>(`/v1/authorizations/${encodeURIComponent(id)}/release`, {}, settings)
  }

  /**
   * Reports usage after the fact. An array gives one result for each event; an async iterable is sent in batches as it
   * comes and gives the totals and the refused ones.
   */
  async recordUsage(
    events: UsageEvent[] | AsyncIterable<UsageEvent>,
    options: RecordUsageOptions = {},
  ): Promise<UsageAnswer> {
    const total: UsageAnswer = { accepted: 0, duplicates: 0, refused: 0, results: [] }
    const isArray = Array.isArray(events)
    let first = 0
    for await (const batch of batchesOf(events)) {
      const answer = await this.#sendUsage(batch.map(withId), options)
      total.accepted += answer.accepted
      total.duplicates += answer.duplicates
      total.refused += answer.refused
      for (const result of answer.results) {
        if (isArray || result.status === 'refused') total.results.push({ ...result, index: result.index + first })
      }
      first += batch.length
    }
    return total
  }

  /** Balance, held and available credit of this moment. */
  async balance(accountId: string, settings: CallSettings = {}): Promise<Balance> {
    return this.#get<Balance>(`/v1/accounts/${encodeURIComponent(accountId)}/balance`, settings)
  }

  /**
   * Why an event cost what it cost, to the receipts of the credit that paid it.
   * @param eventId your id of the event, or the id of an authorization
   */
  async explain(accountId: string, eventId: string, settings: CallSettings = {}): Promise<Charge> {
    const path = `/v1/accounts/${encodeURIComponent(accountId)}/usage/${encodeURIComponent(eventId)}`
    return this.#get<Charge>(path, settings)
  }

  /** The price list in force. */
  async prices(settings: CallSettings = {}): Promise<Price[]> {
    return (await this.#get<{ prices: Price[] }>('/v1/prices', settings)).prices
  }

  /** Opens a lease by hand; `lease()` gives one that keeps itself. */
  async openLease(input: OpenLeaseInput, settings: CallSettings = {}): Promise<LeaseState> {
    return this.#post<LeaseState>('/v1/leases', { ...input, idempotencyKey: input.idempotencyKey ?? newId() }, settings)
  }

  async settleLease(id: string, input: SettleLeaseInput, settings: CallSettings = {}): Promise<SettleLeaseAnswer> {
    const body = { ...input, events: input.events.map(withId) }
    return this.#post<SettleLeaseAnswer>(`/v1/leases/${encodeURIComponent(id)}/settle`, body, settings)
  }

  async releaseLease(id: string, settings: CallSettings = {}): Promise<LeaseState> {
    return this.#post<LeaseState>(`/v1/leases/${encodeURIComponent(id)}/release`, {}, settings)
  }

  /** Draws a lease: credit that is spent in this process's memory and settled in batches. Close it at the end. */
  async lease(options: LeaseOptions): Promise<Lease> {
    return Lease.open(this, options)
  }

  /** Settles (or releases, without usage) as soon as the gate can be reached; repeats until it has answered. */
  settleLater(id: string, usage: Usage | null): void {
    this.#settles.add({ id, usage })
  }

  /** Reports an event, in full also beyond the credit, as soon as the gate can be reached. */
  reportLater(event: UsageEvent): void {
    this.#usage.add(withId(event))
  }

  /** How many settlements and events still have to be told to the gate. */
  get unreported(): number {
    return this.#settles.size + this.#usage.size
  }

  /** Waits until all of them have been. */
  async flush(): Promise<void> {
    await Promise.all([this.#settles.empty(), this.#usage.empty()])
  }

  /**
   * For adapters: says loudly that something runs unchecked.
   * @throws PurseError `unchecked_queue_full` when so much is unreported already that nothing more is admitted
   */
  announceFailOpen(authorization: Authorization, error: PurseError): void {
    if (this.#usage.isFull || this.#settles.isFull) {
      throw ownError('unchecked_queue_full', 503, 'Too much usage waits to be reported; nothing more runs unchecked.')
    }
    if (this.#options.onFailOpen) this.#options.onFailOpen({ authorization, error })
    else console.warn(`Purse: ${authorization.accountId} runs UNCHECKED (failOpen): ${error.detail}`)
  }

  #admitUnchecked(input: AuthorizeInput & { accountId: string }, error: PurseError): Authorization {
    const said = [input.model, input.apiKeyHash, input.tag].map((text = '') => encoded(text))
    const id = [`${uncheckedPrefix}${newId()}`, input.accountId, ...said].join('.')
    const { authorization } = readUncheckedId(id)!
    this.announceFailOpen(authorization, error)
    return authorization
  }

  #reportLost(error: PurseError, entries: unknown[]): void {
    if (this.#options.onUnreported) this.#options.onUnreported({ error, entries })
    else console.error(`Purse: the gate refused usage that was reported later: ${error.message}`, entries)
  }

  async #sendUsage(events: UsageEvent[], options: RecordUsageOptions): Promise<UsageAnswer> {
    const { signal, ...facts } = options
    return this.#post<UsageAnswer>('/v1/usage', { ...facts, events }, signal ? { signal } : {})
  }

  async #get<T>(path: string, settings: CallSettings): Promise<T> {
    return this.#call<T>({ method: 'GET', path }, settings)
  }

  async #post<T>(path: string, body: unknown, settings: CallSettings): Promise<T> {
    return this.#call<T>({ method: 'POST', path, body: snakeCased(body) }, settings)
  }

  async #call<T>(request: CallOptions, settings: CallSettings): Promise<T> {
    return camelCased(await call(this.#transport, { ...request, ...settings })) as T
  }
}

const wrong = (field: string, what: string) => ownError('invalid_request', 400, `${field} ${what}.`, { field })

/** An unchecked request is known by its id alone, so that nothing has to be kept for it. Null for a hold of the gate. */
function readUncheckedId(id: string): {
  eventId: string
  authorization: Authorization
  facts: { apiKeyHash?: string; tag?: string }
} | null {
  if (!id.startsWith(uncheckedPrefix)) return null
  const [eventId = '', accountId = '', ...said] = id.slice(uncheckedPrefix.length).split('.')
  const [model = '', apiKeyHash = '', tag = ''] = said.map(decodeURIComponent)
  const createdAt = new Date(Number.parseInt(eventId.replace('-', '').slice(0, 12), 16)).toISOString()
  const authorization: Authorization = {
    id,
    accountId,
    apiKeyId: null,
    tag: tag || null,
    state: 'open',
    amount: '0.00',
    currency: 'usd',
    model: model || null,
    charged: null,
    reported: null,
    available: '0.00',
    createdAt,
    expiresAt: createdAt,
    isUnchecked: true,
  }
  return { eventId, authorization, facts: { ...(apiKeyHash ? { apiKeyHash } : {}), ...(tag ? { tag } : {}) } }
}

/** Text between points. */
const encoded = (text: string) => encodeURIComponent(text).replaceAll('.', '%2E')

const withId = (event: UsageEvent): UsageEvent => (event.id === undefined ? { ...event, id: newId() } : event)

async function* batchesOf(events: UsageEvent[] | AsyncIterable<UsageEvent>): AsyncGenerator<UsageEvent[]> {
  if (Array.isArray(events)) {
    for (let first = 0; first < events.length; first += mostEvents) yield events.slice(first, first + mostEvents)
    return
  }
  let batch: UsageEvent[] = []
  for await (const event of events) {
    batch.push(event)
    if (batch.length < mostEvents) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
