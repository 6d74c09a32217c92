/** How much an account may still use: as headers, by the IETF draft and by the names that SDKs already read. */
import type { Refusal } from '@/lib/core/errors'
import { type RequestRate, windowSeconds } from '@/lib/domain/rate-limits/rules'
import { type TokenKind, tokenKinds, tokenLimitNames } from '@/lib/domain/token-limits/rules'

interface Limit {
  name: string
  limit: number
  remaining: number
}

const headerNames = Object.fromEntries(
  tokenKinds.map((kind) => [kind, tokenLimitNames[kind].replaceAll('_', '-')]),
) as Record<TokenKind, string>

/** Names and values in turn, as node:http writes them (draft-ietf-httpapi-ratelimit-headers-10). */
function headersOf(limits: Limit[], resetSeconds: number): string[] {
  const policy = limits.map(({ name, limit }) => {
    const unit = name === 'requests' ? '' : ';qu="tokens"'
    return `"${name}";q=${limit};w=${windowSeconds}${unit}`
  })
  return [
    'ratelimit-policy',
    policy.join(', '),
    'ratelimit',
    limits.map(({ name, remaining }) => `"${name}";r=${remaining};t=${resetSeconds}`).join(', '),
    ...limits.flatMap(({ name, limit, remaining }) => [
      `x-ratelimit-limit-${name}`,
      String(limit),
      `x-ratelimit-remaining-${name}`,
      String(remaining),
      `x-ratelimit-reset-${name}`,
      String(resetSeconds),
    ]),
  ]
}

/** The request limit, and the token limits of the request's model where it names one. */
export function rateHeaders({ limit, remaining, resetSeconds, tokens }: RequestRate): string[] {
  const ofTokens = tokens ? tokenKinds.map((kind) => ({ name: headerNames[kind], ...tokens[kind] })) : []
  return headersOf([{ name: 'requests', limit, remaining }, ...ofTokens], resetSeconds)
}

interface RateFacts {
  limit: number
  remaining: number
  reset_seconds: number
  tokens?: Record<string, { limit: number; remaining: number }>
}

/** The same of a refusal, which carries the rate among its facts. */
export function rateHeadersOf(refusal: Refusal): string[] {
  const rate = refusal.facts.rate_limit as RateFacts | undefined
  if (!rate) return []
  const { limit, remaining, reset_seconds: resetSeconds, tokens = {} } = rate
  const ofTokens = Object.entries(tokens).map(([name, one]) => ({ name: name.replaceAll('_', '-'), ...one }))
  return headersOf([{ name: 'requests', limit, remaining }, ...ofTokens], resetSeconds)
}
