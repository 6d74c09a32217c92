/** Holds: credit set aside for a request, and leases. Pure. */
import { atLeastZero, least, type Money, subtract, zero } from '@/lib/core/money'
import { secondMs } from '@/lib/core/time'
import type { Tokens } from '../prices/rules'
import type { ReservedTokens } from '../token-limits/rules'
import type { UsageFacts } from '../usage/rules'

export const defaultHoldSeconds = 600
export const longestHoldSeconds = 86_400
export const shortestLeaseSeconds = 10
export const defaultLeaseSeconds = 300
export const longestLeaseSeconds = 3600

export type HoldKind = 'request' | 'lease'
export type HoldState = 'open' | 'settled' | 'released' | 'expired'

/** The usage of a request so far, as it last reported it. */
export interface Reported extends Tokens {
  model: string
}

export interface Hold extends UsageFacts {
  accountId: string
  holdId: string
  kind: HoldKind
  idempotencyKey: string
  requestHash: Uint8Array
  model: string | null
  /** What is held; of a lease, what is left of it. */
  amount: Money
  state: HoldState
  createdAt: Date
  expiresAt: Date
  closedAt: Date | null
  settleHash: Uint8Array | null
  charged: Money | null
  reported: Reported | null
  extendKey: string | null
  extendHash: Uint8Array | null
  /** The tokens that it was admitted with; null: it named none. */
  reserved: ReservedTokens | null
}

/** An open hold whose time is over: the next request of its account, or the sweeper, closes it. */
export const isOverdue = (hold: Hold, at: Date): boolean => hold.state === 'open' && hold.expiresAt <= at

/** The later of a hold's end and `seconds` from now: an extension never shortens. */
export function laterEnd(hold: Hold, at: Date, seconds: number | null): Date {
  const wanted = seconds === null ? hold.expiresAt : new Date(at.getTime() + seconds * secondMs)
  return wanted > hold.expiresAt ? wanted : hold.expiresAt
}

/** What a hold still covers of a charge of `amount`: nothing once it is closed. */
export const coverOf = (hold: Hold, amount: Money): Money =>
  hold.state === 'open' ? least(hold.amount, amount) : zero(hold.amount.currency)

/**
 * The usage that a late settle adds to what an expired hold was charged for: a request never used less of anything than it
 * had reported.
 */
export function beyondReport(reported: Tokens, settled: Tokens): Tokens {
  const inputTokens = positive(settled.inputTokens - reported.inputTokens)
  const cached = positive(settled.cachedInputTokens - reported.cachedInputTokens)
  return {
    inputTokens,
    cachedInputTokens: cached < inputTokens ? cached : inputTokens,
    outputTokens: positive(settled.outputTokens - reported.outputTokens),
  }
}

/** The tokens of both. */
export const sumTokens = (a: Tokens, b: Tokens): Tokens => ({
  inputTokens: a.inputTokens + b.inputTokens,
  cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
})

const positive = (count: bigint) => (count > 0n ? count : 0n)

/** How much more must be available for a hold to reach `total`. Nothing when it holds that much. */
export const differenceTo = (hold: Hold, total: Money): Money => atLeastZero(subtract(total, hold.amount))
