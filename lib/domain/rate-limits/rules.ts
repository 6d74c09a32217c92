/** How many requests an account may begin in a minute (PRODUCT "Tiers, quotas, rate limits"). Pure. */
import { isUnderOneCent, type Money } from '@/lib/core/money'
import { minuteMs, secondMs } from '@/lib/core/time'
import type { TokenRates } from '../token-limits/rules'

export const windowSeconds = 60
export const requestsWithoutMeans = 10
export const requestsWithMeans = 6000

/** A minute's requests: how many are allowed, how many were admitted, and when the count begins anew. */
export interface RequestRate {
  limit: number
  remaining: number
  resetSeconds: number
  /** The token limits of the request's model; left out when it names none. */
  tokens?: TokenRates
}

/** 10 a minute without a payment method or without credit, 6,000 with both; an operator's own limit goes before. */
export function requestLimit(account: { ownLimit: number | null; hasPaymentMethod: boolean; balance: Money }): number {
  if (account.ownLimit !== null) return account.ownLimit
  return account.hasPaymentMethod && !isUnderOneCent(account.balance) ? requestsWithMeans : requestsWithoutMeans
}

/** The clock minute of an instant: requests are counted from its first moment to its last. */
export const minuteOf = (at: Date): Date => new Date(at.getTime() - (at.getTime() % minuteMs))

/** What is left of the minute of `at`, when `counted` says what was admitted in its own minute. */
export function rateAt(limit: number, counted: { minute: Date | null; requests: number }, at: Date): RequestRate {
  const minute = minuteOf(at)
  const used = counted.minute?.getTime() === minute.getTime() ? counted.requests : 0
  return {
    limit,
    remaining: Math.max(0, limit - used),
    resetSeconds: Math.ceil((minute.getTime() + minuteMs - at.getTime()) / secondMs),
  }
}
