/** What the client process is asked and what it answers, one JSON value a line. */
import type { Measured } from '../statistics'
import type { Mix } from '../traffic'

export interface ClientOrder {
  order: number
  port: number
  serviceKey: string
  connections: number
  seconds: number
  /** POST /v1/usage with one event, or GET of an account's balance. */
  ask: { kind: 'usage' | 'balance'; mix: Mix }
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
