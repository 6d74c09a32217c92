/** The local Stripe's own controls: what a bank, a cardholder or a bad network does. In the demo only. */
import { Refusal } from '@/lib/core/errors'
import { env, isDemo } from '@/lib/edges/env'

/** Whether this installation runs on the local Stripe, so that failures can be played. */
export const isSandbox = (): boolean => isDemo() && sandboxUrl() !== null

/** Only a sandbox on this machine, and only when it is the Stripe that we talk to. */
function sandboxUrl(): string | null {
  const { SANDBOX_URL, STRIPE_API_HOST, STRIPE_SECRET_KEY } = env()
  if (!SANDBOX_URL || !STRIPE_API_HOST || !STRIPE_SECRET_KEY?.includes('_test_')) return null
  return ['127.0.0.1', 'localhost'].includes(STRIPE_API_HOST) ? SANDBOX_URL : null
}

const replyTimeoutMs = 10_000

/**
 * Asks the sandbox's control surface. Null: there is no such object.
 * @throws Refusal `not_found` without a sandbox; `conflict` with the sandbox's reason when its states do not allow it;
 *   `payment_provider_unavailable` when it does not answer.
 */
async function control<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T | null> {
  const url = isDemo() ? sandboxUrl() : null
  if (!url)
    throw new Refusal('not_found', { message: 'There is nothing here: failures are played on the sandbox only.' })
  let response: Response
  try {
    response = await fetch(`${url}/_sandbox${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(replyTimeoutMs),
    })
  } catch {
    throw new Refusal('payment_provider_unavailable', { message: 'The sandbox does not answer. Is it running?' })
  }
  if (response.status === 404) return null
  const answer = (await response.json()) as T & { error?: string }
  if (!response.ok) throw new Refusal('conflict', { message: answer.error ?? 'The sandbox refused this.' })
  return answer
}

async function required<T>(answer: Promise<T | null>): Promise<T> {
  const found = await answer
  if (found === null) throw new Refusal('conflict', { message: 'The sandbox does not know this object.' })
  return found
}

/** What fails, as the sandbox names it. */
export type FaultKind =
  | 'reset_before'
  | 'reset_after'
  | 'truncated_200'
  | 'hang'
  | 'http_429'
  | 'http_409'
  | 'http_500'
  | 'html_502'
  | 'stale_read'
  | 'down'

export interface Fault {
  kind: string
  /** How many calls it still meets; null until cleared. */
  count: number | null
}

export interface DeliverySettings {
  mode: 'auto' | 'hold' | 'drop'
  repeat?: number
  delay_seconds?: number
  bad_signature?: boolean
  api_version?: string
}

export type OddEvent = 'thin_event' | 'livemode' | 'truncated' | 'oversized' | 'old_timestamp'

/** One customer as the sandbox has it. Amounts in cents. */
export interface SandboxCustomer {
  money: {
    charged: number
    refunded: { succeeded: number; pending: number; failed: number; canceled: number }
    withdrawn: number
    reinstated: number
  }
  /** Checkout pages that wait for payment. */
  open_pages: string[]
  payments: {
    id: string
    status: string
    amount: number
    method: string | null
    refunded: number
    disputed: boolean
  }[]
  refunds: { id: string; payment_intent: string | null; amount: number; status: string }[]
  disputes: { id: string; payment_intent: string | null; amount: number; status: string }[]
  cards: {
    id: string
    type: string
    last4: string | null
    override: { declineCode: string } | { authenticationRequired: true } | { alwaysSucceeds: true } | null
  }[]
  deliveries: { held: number; pending: number; dropped: number }
  events: { id: string; type: string }[]
}

export interface SandboxState {
  clock: { now: number; offset_seconds: number }
  delivery_settings: {
    mode: 'auto' | 'hold' | 'drop'
    repeat: number
    delaySeconds: number
    hasBadSignature: boolean
    apiVersion: string | null
  }
  faults: Fault[]
}

export const readSandbox = (): Promise<SandboxState> => required(control<SandboxState>('GET', '/state'))

/** Null: Stripe has no such customer. */
export const readSandboxCustomer = (customerId: string): Promise<SandboxCustomer | null> =>
  control('GET', `/customers/${encodeURIComponent(customerId)}`)

export const addFault = (fault: {
  kind: FaultKind
  count: number | null
  match?: { method?: string; path_prefix?: string }
}): Promise<unknown> => control('POST', '/faults', fault)

export const clearFaults = (): Promise<unknown> => control('DELETE', '/faults')

export const setDeliveries = (settings: DeliverySettings): Promise<unknown> => control('POST', '/deliveries', settings)

/** Sends what is held, and says how much that was. */
export const releaseEvents = (order: 'fifo' | 'reverse' | 'shuffle', seed: number): Promise<{ released: number }> =>
  required(control('POST', '/deliveries/release', { order, seed }))

/** Sends an event again; says what our door answered, null when nothing came back. */
export async function resendEvent(eventId: string): Promise<number | null> {
  interface Resent {
    deliveries: { attempts: { http_status: number | null }[] }[]
  }
  const { deliveries } = await required(control<Resent>('POST', `/events/${encodeURIComponent(eventId)}/resend`))
  return deliveries[0]?.attempts.at(-1)?.http_status ?? null
}

/** Sends something odd made from an event, and says what our door answered. */
export async function sendOddEvent(kind: OddEvent, event: string): Promise<number | null> {
  const { sent } = await required(
    control<{ sent: { http_status: number | null }[] }>('POST', '/deliveries/odd', { kind, event }),
  )
  return sent[0]?.http_status ?? null
}

/** What a saved card does from now on. */
export const setCard = (
  paymentMethodId: string,
  behaviour: { decline_code: string } | { authentication_required: true } | { ok: true },
): Promise<unknown> => required(control('POST', `/payment_methods/${encodeURIComponent(paymentMethodId)}`, behaviour))

export interface PageAnswer {
  result: 'complete' | 'authenticate' | 'declined'
  message?: string
}

/** Pays an open payment page as a customer does in a browser. */
export const payPage = (
  sessionId: string,
  how: ({ card_number: string; save?: boolean } | { bank_account: string }) & {
    address?: { country: string; state: string }
  },
): Promise<PageAnswer> => required(control('POST', `/checkout/${encodeURIComponent(sessionId)}/pay`, how))

/** What the bank decides about a debit that takes days. */
export const finishDebit = (paymentIntentId: string, outcome: 'succeeded' | 'failed'): Promise<unknown> =>
  required(control('POST', `/payments/${encodeURIComponent(paymentIntentId)}`, { outcome }))

/** Refunds as the merchant does in Stripe's dashboard; all that is left without an amount (cents). */
export const refundInDashboard = (paymentIntentId: string, amount?: number): Promise<{ amount: number }> =>
  required(
    control('POST', `/payments/${encodeURIComponent(paymentIntentId)}/refund`, amount === undefined ? {} : { amount }),
  )

export const failRefund = (refundId: string): Promise<unknown> =>
  required(
    control('POST', `/refunds/${encodeURIComponent(refundId)}`, { status: 'failed', failure_reason: 'declined' }),
  )

export const openDispute = (paymentIntentId: string, inquiry: boolean): Promise<{ amount: number; status: string }> =>
  required(control('POST', '/disputes', { payment_intent: paymentIntentId, inquiry }))

/** What the bank does to a dispute, money included. `force`: a status that Stripe has not published. */
export const moveDispute = (disputeId: string, status: string, force = false): Promise<{ status: string }> =>
  required(control('POST', `/disputes/${encodeURIComponent(disputeId)}`, force ? { status, force } : { status }))

/** Sets the sandbox's clock to an instant. */
export const setSandboxClock = (instant: Date): Promise<unknown> =>
  control('POST', '/clock', { now: Math.floor(instant.getTime() / 1000) })
