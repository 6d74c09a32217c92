/** What the client process is asked and what it answers, one JSON value a line. */
import type { Measured } from '../statistics'
import type { BenchRequest, Mix } from '../traffic'

export interface ClientOrder {
  order: number
  port: number
  serviceKey: string
  connections: number
  seconds: number
  /** POST /v1/usage with one event, or GET of an account's balance. */
  ask: { kind: 'usage' | 'balance'; mix: Mix }
  /** Ask, whatever the seconds, until the server is gone. */
  untilLost?: boolean
}

/** What was asked of a server until it was gone. */
export interface LostReport {
  order: number
  /** Ids of events that were accepted. */
  answered: string[]
  /** What was on its way. */
  unanswered: BenchRequest[]
  failed: number
  firstFailure: string
}

export interface ClientReport {
  order: number
  measured: Measured
  /** Events that the answers said were taken. */
  events: number
  duplicates: number
  refused: number
  /** Answers with another status than 200. */
  failed: number
  firstFailure: string
}

/** Load at a steady rate. */
export interface SteadyOrder {
  order: number
  port: number
  serviceKey: string
  seconds: number
  readsPerSecond: number
  /** Authorizations that are settled. */
  pairsPerSecond: number
}

export interface SteadyReport {
  order: number
  reads: { p50Ms: number; p99Ms: number }
  decisions: { p50Ms: number; p99Ms: number }
}
