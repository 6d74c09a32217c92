/** How many requests an account may still make: as headers, by the IETF draft and by the names that SDKs already read. */
import type { Refusal } from '@/lib/core/errors'
import { type RequestRate, windowSeconds } from '@/lib/domain/rate-limits/rules'

/** Names and values in turn, as node:http writes them (draft-ietf-httpapi-ratelimit-headers-10). */
export const rateHeaders = ({ limit, remaining, resetSeconds }: RequestRate): string[] => [
  'ratelimit-policy',
  `"requests";q=${limit};w=${windowSeconds}`,
  'ratelimit',
  `"requests";r=${remaining};t=${resetSeconds}`,
  'x-ratelimit-limit-requests',
  String(limit),
  'x-ratelimit-remaining-requests',
  String(remaining),
  'x-ratelimit-reset-requests',
  String(resetSeconds),
]

/** The same of a refusal, which carries the rate among its facts. */
export function rateHeadersOf(refusal: Refusal): string[] {
  const rate = refusal.facts.rate_limit as { limit: number; remaining: number; reset_seconds: number } | undefined
  return rate ? rateHeaders({ limit: rate.limit, remaining: rate.remaining, resetSeconds: rate.reset_seconds }) : []
}
