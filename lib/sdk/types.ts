/** What the gate takes and gives: the types of its OpenAPI document, with names as they are written here. */

import type { AccountName } from './account-name.js'
import type { components } from './api.generated.js'
import type { Camel } from './wire.js'

export type { AccountName } from './account-name.js'

type Schemas = components['schemas']

export type Balance = Camel<Schemas['Balance']>
/** Why an event cost what it cost. */
export type Charge = Camel<Schemas['Charge']>
export type LeaseState = Camel<Schemas['Lease']>
export type Price = Camel<Schemas['Prices']>['prices'][number]
export type UsageAnswer = Camel<Schemas['UsageAnswer']>
export type UsageResult = Camel<Schemas['UsageResult']>
export type SettleLeaseAnswer = Camel<Schemas['SettleLeaseAnswer']>

/** A hold for one request. */
export interface Authorization extends Camel<Schemas['Authorization']> {
  /** The gate could not be asked and `failOpen` let the request run: nothing is held. */
  isUnchecked?: boolean
}

/** Tokens that a request used. */
export interface Usage extends Camel<Schemas['SettleRequest']> {
  /** May be left out when the hold names the model. */
  model?: string
  /** Prompt tokens, the cached ones included. */
  inputTokens: number
  /** The part of the input tokens that was cached. */
  cachedInputTokens?: number
  outputTokens: number
}

/** The most that a request may cost: an amount (decimal string), or what it comes to at a model's prices. */
export type HoldSize =
  | { maxCost: string; model?: string }
  | { model: string; inputTokens: number; maxOutputTokens: number }

export type AuthorizeInput = AccountName &
  HoldSize & {
    /** What it is for: a project, a feature. 1 to 64 characters. */
    tag?: string
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
  /** Counted from now; only ever later. */
  expiresInSeconds?: number
  idempotencyKey?: string
}

/** Usage so far, from the beginning of the request. */
export interface ProgressInput extends Usage, Camel<Schemas['ProgressRequest']> {
  model?: string
  /** Counted from now; only ever later. */
  expiresInSeconds?: number
}

/** What one request used, by an id of yours. */
export interface LeaseEvent extends Omit<Camel<Schemas['LeaseEvent']>, 'id'> {
  /** Unique within the account; a repeat changes nothing. A UUID is made when left out. */
  id?: string
  model: string
  inputTokens: number
  cachedInputTokens?: number
  outputTokens: number
  /** The customer's API key, whole; or its SHA-256 in hexadecimal beside the account. Of a lease of a key: left out. */
  apiKey?: string
  apiKeyHash?: string
  tag?: string
  /** ISO 8601, at most 90 days ago; chooses the price. */
  occurredAt?: string
}

export interface UsageEvent extends LeaseEvent {
  /** Left out: the account of `apiKey`, else that of the whole batch. */
  accountId?: string
}

export interface RecordUsageOptions {
  /** The account of every event that names none. */
  accountId?: string
  /** What to do with an event that the account cannot pay: refuse it (default) or record it in full. */
  beyondCredit?: Schemas['UsageRequest']['beyond_credit']
  signal?: AbortSignal
}

export type OpenLeaseInput = AccountName & {
  /** How much credit to set aside. */
  amount: string
  /** What its usage is for, where an event says nothing else. */
  tag?: string
  idempotencyKey?: string
  /** 10 to 3,600, default 300. */
  expiresInSeconds?: number
}

export interface SettleLeaseInput {
  events: LeaseEvent[]
  /** Refill: how much unspent credit the lease shall hold after the events are charged. */
  amount?: string
  /** Counted from now; only ever later. */
  expiresInSeconds?: number
}
