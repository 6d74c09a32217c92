/** What the gate takes and gives, as its OpenAPI document says. */
import type { Camel } from './wire.js'

type WireAuthorization = {
  id: string
  account_id: string
  state: 'open' | 'settled' | 'released' | 'expired'
  amount: string
  currency: string
  model: string | null
  charged: string | null
  reported: null | {
    model: string
    input_tokens: number
    cached_input_tokens: number
    output_tokens: number
    cost: string
  }
  available: string
  created_at: string
  expires_at: string
}
type WireLease = {
  id: string
  account_id: string
  state: 'open' | 'released' | 'expired'
  amount: string
  currency: string
  available: string
  created_at: string
  expires_at: string
}
type WireUsageResult = {
  index: number
  id: string | null
  status: 'accepted' | 'duplicate' | 'refused'
  amount?: string
  code?: string
  field?: string
  message?: string
}
type WireBalance = {
  account_id: string
  currency: string
  balance: string
  held: string
  available: string
  as_of: string
}
type WirePrice = {
  model: string
  name: string
  currency: string
  input_per_million: string
  cached_input_per_million: string
  output_per_million: string
}

export type LeaseState = Camel<WireLease>
export type Balance = Camel<WireBalance>
export type Price = Camel<WirePrice>
export type UsageResult = Camel<WireUsageResult>

/** A hold for one request. `isUnchecked`: the gate could not be asked and `failOpen` let the request run. */
export type Authorization = Camel<WireAuthorization> & { isUnchecked?: boolean }

/** Tokens that a request used. Cached input tokens are part of the input tokens. */
export interface Usage {
  /** May be left out when the hold names the model. */
  model?: string
  inputTokens: number
  cachedInputTokens?: number
  outputTokens: number
}

/** The most that a request may cost: an amount (decimal string), or what it comes to at a model's prices. */
export type HoldSize =
  | { maxCost: string; model?: string }
  | { model: string; inputTokens: number; maxOutputTokens: number }

export type AuthorizeInput = HoldSize & {
  accountId: string
  /** Your id of the request; the same key gives the same hold. A UUID is made when left out. */
  idempotencyKey?: string
  /** How long the hold lasts without an extension or a report: 1 to 86,400, default 600. */
  expiresInSeconds?: number
}

/** The new total, not the difference. Nothing but `expiresInSeconds` only makes the hold last longer. */
export interface ExtendInput {
  maxCost?: string
  inputTokens?: number
  maxOutputTokens?: number
  expiresInSeconds?: number
  idempotencyKey?: string
}

/** Usage so far, from the beginning of the request. */
export type ProgressInput = Usage & { expiresInSeconds?: number }

export interface UsageEvent extends Usage {
  /** Unique within the account; a repeat changes nothing. A UUID is made when left out. */
  id?: string
  accountId?: string
  model: string
  /** ISO 8601; chooses the price. */
  occurredAt?: string
}

export interface RecordUsageOptions {
  /** The account of every event that names none. */
  accountId?: string
  /** What to do with an event that the account cannot pay: refuse it (default) or record it in full. */
  beyondCredit?: 'refuse' | 'record'
  signal?: AbortSignal
}

export interface UsageAnswer {
  accepted: number
  duplicates: number
  refused: number
  results: UsageResult[]
}

export interface OpenLeaseInput {
  accountId: string
  amount: string
  idempotencyKey?: string
  /** 10 to 3,600, default 300. */
  expiresInSeconds?: number
}

export interface SettleLeaseInput {
  events: UsageEvent[]
  /** Refill: the new total of unspent credit to hold. */
  amount?: string
  expiresInSeconds?: number
}

export interface SettleLeaseAnswer extends UsageAnswer {
  lease: LeaseState
  /** Why the refill was refused, or null. */
  refill: { code: string; detail: string; maxAffordable?: string } | null
}
