import type Stripe from 'stripe'
import { readSettings } from '../state/clock'
import type { Delivery, DeliveryAttempt } from '../state/collections'
import type { World } from '../state/world'
import { type OddKind, oddBody } from './odd-bodies'
import { inVersion } from './older-version'
import { shuffle } from './shuffle'
import { signPayload } from './signature'

/**
 * How long after each failed attempt the next one is made, in seconds of the sandbox clock: quick at first so that a
 * restarted application hears soon, then backing off until three days have passed, as Stripe does in live mode.
 */
const retryDelaysSeconds = [2, 10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400, 86_400]
const replyTimeoutMilliseconds = 10_000
const parallelDeliveries = 8
const tickMilliseconds = 250

/** How an endpoint took something odd. */
export interface OddAnswer {
  endpoint: string
  http_status: number | null
  error: string | null
}

/** Sends events to webhook endpoints in the background. */
export class Deliverer {
  private readonly waiting = new Set<string>()
  private readonly sending = new Set<string>()
  private timer: NodeJS.Timeout | null = null
  private readonly stopping = new AbortController()
  private world!: World

  /** Picks up what an earlier run left undelivered and keeps going until `stop`. */
  start(world: World): void {
    this.world = world
    for (const delivery of world.store.oldestFirst('deliveries')) {
      if (delivery.state === 'pending') this.waiting.add(delivery.id)
    }
    this.timer = setInterval(() => this.sendDue(), tickMilliseconds)
    this.timer.unref()
  }

  /** Ends what is being sent; it counts as not attempted. */
  async stop(): Promise<void> {
    this.stopping.abort()
    if (this.timer) clearInterval(this.timer)
    while (this.sending.size) await new Promise((resolve) => setImmediate(resolve))
  }

  /** A delivery was queued in the transaction that is running now. */
  notice(deliveryId: string): void {
    this.waiting.add(deliveryId)
    setImmediate(() => this.sendDue())
  }

  /** Starts every delivery that is due by the sandbox clock. */
  sendDue(): void {
    if (this.stopping.signal.aborted) return
    const now = this.world.clock.now()
    const due: Delivery[] = []
    for (const id of this.waiting) {
      const delivery = this.world.store.get('deliveries', id)
      // A refused request takes its deliveries back; held and dropped ones do not leave by themselves.
      if (delivery?.state !== 'pending') this.waiting.delete(id)
      else if (delivery.nextAttemptAt <= now && !this.sending.has(id)) due.push(delivery)
    }
    const { shuffleSeed } = readSettings(this.world.store).deliveries
    const ordered = shuffleSeed === null ? due : shuffle(due, shuffleSeed)
    for (const delivery of ordered.slice(0, Math.max(0, parallelDeliveries - this.sending.size))) {
      void this.send(delivery.id).then(() => this.sendDue())
    }
  }

  /** Sends the held deliveries one after the other, each `repeat` times, and returns how many there were. */
  async release(order: 'fifo' | 'reverse' | 'shuffle', seed: number, repeat: number): Promise<number> {
    const held = this.world.store.oldestFirst('deliveries').filter((delivery) => delivery.state === 'held')
    const ordered = order === 'fifo' ? held : order === 'reverse' ? held.reverse() : shuffle(held, seed)
    this.world.store.transaction(() => {
      for (const delivery of ordered) this.world.store.put('deliveries', delivery.id, { ...delivery, state: 'pending' })
    })
    for (const delivery of ordered) this.sending.add(delivery.id)
    for (const delivery of ordered) await this.send(delivery.id, repeat)
    return ordered.length
  }

  /** Sends one delivery now, whatever its state, and records how it went. */
  async send(deliveryId: string, repeat = readSettings(this.world.store).deliveries.repeat): Promise<void> {
    this.sending.add(deliveryId)
    try {
      // Nobody may hear of an event that a crash could still undo.
      await this.world.store.flush()
      for (let n = 0; n < repeat; n++) {
        const attempt = await this.post(deliveryId)
        if (this.stopping.signal.aborted) return
        this.world.store.transaction(() => this.recordAttempt(deliveryId, attempt))
      }
      await this.world.store.flush()
    } finally {
      this.sending.delete(deliveryId)
      if (this.world.store.get('deliveries', deliveryId)?.state === 'pending') this.waiting.add(deliveryId)
    }
  }

  private async post(deliveryId: string): Promise<DeliveryAttempt> {
    const { store, clock } = this.world
    const startedAt = performance.now()
    const attempt = (httpStatus: number | null, error: string | null): DeliveryAttempt => ({
      at: clock.now(),
      httpStatus,
      error,
      durationMilliseconds: Math.round(performance.now() - startedAt),
    })
    const delivery = store.get('deliveries', deliveryId)
    const event = delivery && store.get('events', delivery.eventId)
    const endpoint = delivery && store.get('webhookEndpoints', delivery.endpointId)
    const secret = delivery && store.get('endpointSecrets', delivery.endpointId)
    if (!event || !endpoint || !secret) return attempt(null, 'the endpoint no longer exists')
    if (endpoint.status !== 'enabled') return attempt(null, 'the endpoint is disabled')

    const { hasBadSignature, apiVersion } = readSettings(store).deliveries
    const version = apiVersion ?? endpoint.api_version ?? event.api_version!
    const told = apiVersion ? inVersion(this.world, event, version) : { ...event, api_version: version }
    const body = JSON.stringify(told, null, 2)
    const signature = signPayload(body, hasBadSignature ? 'whsec_not_the_secret' : secret)
    const { httpStatus, error } = await this.postBody(endpoint.url, body, signature)
    return attempt(httpStatus, error)
  }

  /** Sends something that is not an ordinary delivery to every enabled endpoint; it is neither logged nor repeated. */
  async sendOdd(kind: OddKind, event: Stripe.EventBase): Promise<OddAnswer[]> {
    const { store } = this.world
    const endpoints = store.oldestFirst('webhookEndpoints').filter(({ status }) => status === 'enabled')
    return Promise.all(
      endpoints.map(async ({ id, url }) => {
        const { body, signature } = oddBody(this.world, kind, event, store.get('endpointSecrets', id)!)
        const { httpStatus, error } = await this.postBody(url, body, signature)
        return { endpoint: id, http_status: httpStatus, error }
      }),
    )
  }

  private async postBody(
    url: string,
    body: string,
    signature: string,
  ): Promise<{ httpStatus: number | null; error: string | null }> {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'stripe-signature': signature,
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([this.stopping.signal, AbortSignal.timeout(replyTimeoutMilliseconds)]),
      })
      await answer.body?.cancel()
      return { httpStatus: answer.status, error: answer.ok ? null : `answered ${answer.status}` }
    } catch (error) {
      const cause = (error as Error).cause as { code?: string } | undefined
      return { httpStatus: null, error: cause?.code ?? (error as Error).message }
    }
  }

  private recordAttempt(deliveryId: string, attempt: DeliveryAttempt): void {
    const { store, clock } = this.world
    const delivery = store.get('deliveries', deliveryId)
    if (!delivery) return
    const attempts = [...delivery.attempts, attempt]
    const failures = attempts.filter((past) => past.error !== null).length
    const delaySeconds = retryDelaysSeconds[failures - 1]
    const isDelivered = attempt.error === null || delivery.state === 'delivered'
    const state = isDelivered ? 'delivered' : delaySeconds === undefined ? 'failed' : 'pending'
    store.put('deliveries', deliveryId, {
      ...delivery,
      attempts,
      state,
      nextAttemptAt: clock.now() + (delaySeconds ?? 0),
    })
    const event = store.get('events', delivery.eventId)
    if (event && state === 'delivered' && delivery.state !== 'delivered') {
      store.put('events', event.id, { ...event, pending_webhooks: event.pending_webhooks - 1 })
    }
  }
}
