import type { Actor } from '@/lib/core/actor'
import { add, formatMoney, isPositive, isUnderOneCent } from '@/lib/core/money'
import { dayMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { requireRole } from '../members'
import { readModelNames } from '../prices'
import { rateAt, requestLimit } from '../rate-limits/rules'
import { readTokenModels, type TokenModelRow } from '../token-limits'
import {
  advance,
  limitOf,
  minutesInQuarter,
  perKind,
  type TokenCounts,
  type TokenKind,
  type TokenTerms,
} from '../token-limits/rules'
import { type LimitBook, limitBook } from './house-limits'
import { type LimitRequestDto, limitRequestDto } from './limit-requests'
import {
  highestBudgetOf,
  measuredFor,
  nextTier,
  type ReachedTier,
  type SizeClass,
  type Tier,
  tierOf,
  tokenTermsOf,
} from './rules'
import { readLimitRequests, readReached, readRequestMeans, readTier } from './store'

/** How far back the graphs go. */
export const graphDays = 7
const mostRequests = 10

/** A rung of the ladder. Money is a decimal string. */
export interface RungDto {
  tier: 1 | 2 | 3 | 4 | 'unlimited'
  /** Spent or added, from which it is reached; null: by a payment method and a billing profile, or by contract. */
  from: string | null
  /** Null: none. */
  highestBudget: string | null
  reachedAt: string | null
  /** The highest token limits that a model of a size can come to. */
  ceilings: Record<SizeClass, TokenCounts>
}

/** One of a model's limits, in tokens a minute. */
export interface KindLimitDto {
  limit: number
  /** What requests of this minute were admitted with. */
  used: number
  start: number
  floor: number
  ceiling: number
}

/** A quarter of an hour: what was used a minute, on average, and what the limit was when it ended. */
export type LimitPointDto = { at: string } & Record<TokenKind, { used: number; limit: number }>

export interface ModelLimitsDto {
  model: string
  name: string
  size: SizeClass
  usedAt: string
  kinds: Record<TokenKind, KindLimitDto>
  points: LimitPointDto[]
  changes: { at: string; kind: TokenKind; before: number; after: number; because: string }[]
}

export interface LimitsDto {
  at: string
  currency: string
  tier: Tier
  unlimitedSince: string | null
  added: string
  used: string
  /** Spent or added, whichever is more. */
  measured: string
  hasPaymentMethod: boolean
  hasBillingProfile: boolean
  next: { tier: 2 | 3 | 4; missing: string } | null
  ladder: RungDto[]
  limitsPrepaidBudgets: boolean
  requests: {
    limit: number
    used: number
    resetSeconds: number
    isOwn: boolean
    hasPaymentMethod: boolean
    hasCredit: boolean
    /** A contract stands in for both. */
    isPostPaid: boolean
  }
  /** Whether the operator set token limits for this account. */
  hasOwnTokens: boolean
  models: ModelLimitsDto[]
  asked: LimitRequestDto[]
}

/** Everything that limits an account besides its money: its tier, its request limit and the token limits of the models it uses. */
export async function getLimits(actor: Actor, { accountId }: { accountId: string }): Promise<LimitsDto> {
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const since = new Date(at.getTime() - graphDays * dayMs)
  const [book, facts, reached, means, rows, names, asked] = await Promise.all([
    limitBook(),
    readTier(pool(), accountId, at),
    readReached(accountId),
    readRequestMeans(accountId),
    readTokenModels(accountId, since),
    readModelNames(),
    readLimitRequests(accountId, mostRequests),
  ])
  const tier = tierOf({ tier: facts.tier, isUnlimited: facts.unlimitedSince !== null })
  const measured = measuredFor(facts)
  const next = nextTier(tier, measured, book.house)
  const termsOf = (model: string) => tokenTermsOf(book.house, { tier, own: means.ownTokens }, book.sizeOf(model))
  const isPostPaid = isPositive(means.creditLimit)
  // As the gate has it: what a contract lets the account use counts as credit.
  const balance = add(means.balance, means.creditLimit)
  const hasPaymentMethod = means.hasPaymentMethod || isPostPaid
  const limit = requestLimit({ ownLimit: means.ownLimit, hasPaymentMethod, balance })
  const rate = rateAt(limit, means, at)
  return {
    at: at.toISOString(),
    currency: measured.currency,
    tier,
    unlimitedSince: facts.unlimitedSince?.toISOString() ?? null,
    added: formatMoney(facts.added),
    used: formatMoney(facts.used),
    measured: formatMoney(measured),
    hasPaymentMethod: facts.hasPaymentMethod,
    hasBillingProfile: facts.hasBillingProfile,
    next: next && { tier: next.tier, missing: formatMoney(next.missing) },
    ladder: ladderOf(book, new Map(reached.map((row) => [row.tier, row.reachedAt])), facts.unlimitedSince),
    limitsPrepaidBudgets: book.house.limitsPrepaidBudgets,
    requests: {
      limit,
      used: limit - rate.remaining,
      resetSeconds: rate.resetSeconds,
      isOwn: means.ownLimit !== null,
      hasPaymentMethod,
      hasCredit: !isUnderOneCent(balance),
      isPostPaid,
    },
    hasOwnTokens: means.ownTokens !== null,
    models: rows.map((row) => modelDto(row, { terms: termsOf(row.model), book, names, at, since })),
    asked: asked.map(limitRequestDto),
  }
}

function ladderOf({ house }: LimitBook, reached: Map<ReachedTier, Date>, unlimitedSince: Date | null): RungDto[] {
  const ceilingsOf = (tier: Tier) => ({
    small: tokenTermsOf(house, { tier, own: null }, 'small').ceiling,
    medium: tokenTermsOf(house, { tier, own: null }, 'medium').ceiling,
    large: tokenTermsOf(house, { tier, own: null }, 'large').ceiling,
  })
  const rungs = ([1, 2, 3, 4] as const).map((tier) => ({
    tier,
    from: tier === 1 ? null : formatMoney(house.from[tier]),
    highestBudget: formatMoney(highestBudgetOf(tier, house)!),
    reachedAt: reached.get(tier)?.toISOString() ?? null,
    ceilings: ceilingsOf(tier),
  }))
  const unlimited = {
    tier: 'unlimited' as const,
    from: null,
    highestBudget: null,
    reachedAt: unlimitedSince?.toISOString() ?? null,
    ceilings: ceilingsOf('unlimited'),
  }
  return [...rungs, unlimited]
}

function modelDto(
  row: TokenModelRow,
  context: { terms: TokenTerms; book: LimitBook; names: Map<string, string>; at: Date; since: Date },
): ModelLimitsDto {
  const { terms, book, names, at, since } = context
  // Shown as it would be decided now; written when the model is next used.
  const { limits, changes: due, finished } = advance(row.limits, row.history, terms, at.getTime())
  const changes = [...row.changes, ...due].filter((change) => change.at >= since.getTime())
  const running = limits.quarter.at > since.getTime() ? [limits.quarter] : []
  const quarters = [...row.quarters, ...(finished ? [finished] : []), ...running]
  const limitAt = (kind: TokenKind, instant: number) => {
    const own = changes.filter((change) => change.kind === kind)
    const later = own.find((change) => change.at > instant)
    return later ? later.before : limitOf(limits, kind, terms)
  }
  return {
    model: row.model,
    name: names.get(row.model) ?? row.model,
    size: book.sizeOf(row.model),
    usedAt: new Date(row.limits.usedAt).toISOString(),
    kinds: perKind((kind) => ({
      limit: limitOf(limits, kind, terms),
      used: limits.admitted[kind],
      start: terms.start[kind],
      floor: terms.floor[kind],
      ceiling: terms.ceiling[kind],
    })),
    points: quarters.map((quarter) => ({
      at: new Date(quarter.at).toISOString(),
      ...perKind((kind) => ({
        used: Math.round(quarter.used[kind] / minutesInQuarter),
        limit: limitAt(kind, quarter.at),
      })),
    })),
    changes: changes.map((change) => ({ ...change, at: new Date(change.at).toISOString() })),
  }
}
