/**
 * How many tokens of a model an account may use in a minute: limits that follow its use (PRODUCT "Tiers, quotas, rate limits").
 * Pure. Instants are milliseconds, tokens whole numbers. Everything is worked out when the account uses the model, and comes out
 * as if somebody had looked at the end of every minute and every quarter of an hour.
 */
import { hourMs, minuteMs, secondMs } from '@/lib/core/durations'

/** All prompt tokens, those of them that no cache had, and those that were generated. Each has a limit of its own. */
export const tokenKinds = ['prompt', 'uncached', 'generated'] as const
export type TokenKind = (typeof tokenKinds)[number]

/** Tokens of each kind. */
export type TokenCounts = Record<TokenKind, number>

export const quarterMs = 15 * minuteMs
export const minutesInQuarter = 15
/** A limit is raised at most once in this time, */
export const betweenRaisesMs = 15 * minuteMs
/** by this, when more than that part of it was used in a minute; */
export const raise = { times: 5, by: 4, above: { part: 1, of: 2 } } as const
/** and lowered at most once in this time, after at least that long, */
export const betweenChangesMs = 24 * hourMs
export const lookBackMs = 72 * hourMs
/** by this, when no quarter of an hour of that time used as much a minute. */
export const lowering = { times: 4, by: 5, under: { part: 33, of: 100 } } as const
/** "Recent use" is the highest minute of this time: a limit is not lowered when it is half of the new limit or more. */
export const recentMs = hourMs
/** Unused for so long, a model's limits begin at their start again. */
export const idleMs = 72 * hourMs

/** What limits begin at, and between which bounds they move. */
export interface TokenTerms {
  start: TokenCounts
  floor: TokenCounts
  ceiling: TokenCounts
  /** The operator's own limits: these hold and do not move. */
  own: TokenCounts | null
}

export interface KindLimit {
  limit: number
  raisedAt: number | null
  /** Raised or lowered. */
  changedAt: number | null
}

/** An account's limits of one model, and what it used of them just now. */
export interface TokenLimits {
  startedAt: number
  usedAt: number
  kinds: Record<TokenKind, KindLimit>
  /** The clock minute of the two counters. */
  minute: number
  /** The most that the requests of the minute may use: what none of them may pass together. */
  admitted: TokenCounts
  /** What was used, as recorded in the minute: what limits follow. */
  used: TokenCounts
  /** The finished minutes of this quarter of an hour, and the one that runs: in all, and the highest of them. */
  quarter: Quarter
}

/** A quarter of an hour with use. */
export interface Quarter {
  at: number
  used: TokenCounts
  peak: TokenCounts
}

export interface LimitChange {
  kind: TokenKind
  at: number
  before: number
  after: number
  because: 'raised' | 'lowered' | 'idle'
}

export interface Advanced {
  limits: TokenLimits
  changes: LimitChange[]
  /** The quarter that has ended since; null: it still runs, or had no use. */
  finished: Quarter | null
}

const minuteOf = (at: number) => at - (at % minuteMs)
export const quarterOf = (at: number): number => at - (at % quarterMs)

/** A value for each kind. */
export const perKind = <T>(of: (kind: TokenKind) => T): Record<TokenKind, T> => ({
  prompt: of('prompt'),
  uncached: of('uncached'),
  generated: of('generated'),
})

export const noTokens: TokenCounts = perKind(() => 0)

export const sumCounts = (a: TokenCounts, b: TokenCounts): TokenCounts => perKind((kind) => a[kind] + b[kind])

export const hasTokens = (counts: TokenCounts): boolean => tokenKinds.some((kind) => counts[kind] > 0)

/** The limit that holds now: the operator's own, or the one that moves, never above a ceiling that has come down. */
export const limitOf = (limits: TokenLimits, kind: TokenKind, { own, ceiling }: TokenTerms): number =>
  own ? own[kind] : Math.min(limits.kinds[kind].limit, ceiling[kind])

/** Limits at their start: of a model that was never used, or not for long. */
export const startedLimits = ({ start, ceiling }: TokenTerms, at: number): TokenLimits => ({
  startedAt: at,
  usedAt: at,
  kinds: perKind((kind) => ({ limit: Math.min(start[kind], ceiling[kind]), raisedAt: null, changedAt: null })),
  minute: minuteOf(at),
  admitted: { ...noTokens },
  used: { ...noTokens },
  quarter: { at: quarterOf(at), used: { ...noTokens }, peak: { ...noTokens } },
})

/** From when on the end of a quarter may lower one of the limits: before it, nobody needs to know the quarters that have ended. */
export const lowerableFrom = ({ startedAt, kinds }: TokenLimits): number =>
  Math.max(
    startedAt + lookBackMs,
    Math.min(...tokenKinds.map((kind) => (kinds[kind].changedAt ?? startedAt) + betweenChangesMs)),
  )

/** Whether `advance` needs the finished quarters to say how limits stand at an instant. */
export const needsHistory = (limits: TokenLimits, at: number): boolean =>
  quarterOf(at) > limits.quarter.at && at >= lowerableFrom(limits)

/**
 * The limits as they stand at an instant. `history`: the quarters that ended within 72 hours before the one of `limits`; it may be
 * left out unless `needsHistory`. A clock that steps back changes nothing.
 */
export function advance(before: TokenLimits, history: Quarter[], terms: TokenTerms, at: number): Advanced {
  if (at < before.minute + minuteMs) return { limits: before, changes: [], finished: null }
  const limits: TokenLimits = { ...before, kinds: perKind((kind) => ({ ...before.kinds[kind] })) }
  const hasEnded = at >= before.quarter.at + quarterMs
  const finished = hasEnded && hasTokens(before.quarter.used) ? before.quarter : null
  const changes = raiseAll(limits, terms, before.minute + minuteMs)
  if (hasEnded) {
    const quarters = finished ? [...history, finished] : history
    const until = Math.min(at, before.usedAt + idleMs)
    for (let end = before.quarter.at + quarterMs; end <= until; end += quarterMs) {
      if (end >= lowerableFrom(limits)) changes.push(...lowerAll(limits, quarters, terms, end))
    }
  }
  if (at - before.usedAt >= idleMs) {
    const anew = startedLimits(terms, at)
    return { limits: anew, changes: [...changes, ...idleChanges(limits, anew)], finished }
  }
  limits.minute = minuteOf(at)
  limits.admitted = { ...noTokens }
  limits.used = { ...noTokens }
  if (hasEnded) limits.quarter = { at: quarterOf(at), used: { ...noTokens }, peak: { ...noTokens } }
  return { limits, changes, finished }
}

/** After a minute: every limit of which more than half was used goes up, if it did not lately. */
function raiseAll(limits: TokenLimits, terms: TokenTerms, at: number): LimitChange[] {
  return tokenKinds.flatMap((kind) => {
    const own = limits.kinds[kind]
    const before = limitOf(limits, kind, terms)
    const { part, of } = raise.above
    const isMuchUsed = limits.used[kind] * of > before * part
    if (terms.own || !isMuchUsed || (own.raisedAt !== null && at - own.raisedAt < betweenRaisesMs)) return []
    const after = Math.min(terms.ceiling[kind], Math.floor((before * raise.times) / raise.by))
    if (after <= before) return []
    limits.kinds[kind] = { limit: after, raisedAt: at, changedAt: at }
    return [{ kind, at, before, after, because: 'raised' as const }]
  })
}

/** After a quarter of an hour: every limit that was little used for 72 hours goes down, if it did not change for 24. */
function lowerAll(limits: TokenLimits, quarters: Quarter[], terms: TokenTerms, at: number): LimitChange[] {
  if (terms.own) return []
  const within = (ms: number) => quarters.filter((quarter) => quarter.at >= at - ms && quarter.at + quarterMs <= at)
  const highest = (counts: TokenCounts[], kind: TokenKind) =>
    counts.reduce((most, count) => Math.max(most, count[kind]), 0)
  return tokenKinds.flatMap((kind) => {
    const own = limits.kinds[kind]
    if (at < (own.changedAt ?? limits.startedAt) + betweenChangesMs) return []
    const before = limitOf(limits, kind, terms)
    const { part, of } = lowering.under
    const used = highest(
      within(lookBackMs).map((quarter) => quarter.used),
      kind,
    )
    if (used * of >= before * part * minutesInQuarter) return []
    const after = Math.max(terms.floor[kind], Math.floor((before * lowering.times) / lowering.by))
    const recent = highest(
      within(recentMs).map((quarter) => quarter.peak),
      kind,
    )
    if (after >= before || recent * 2 >= after) return []
    limits.kinds[kind] = { ...own, limit: after, changedAt: at }
    return [{ kind, at, before, after, because: 'lowered' as const }]
  })
}

const idleChanges = (limits: TokenLimits, anew: TokenLimits): LimitChange[] =>
  tokenKinds.flatMap((kind) => {
    const [before, after] = [limits.kinds[kind].limit, anew.kinds[kind].limit]
    return before === after ? [] : [{ kind, at: limits.usedAt + idleMs, before, after, because: 'idle' as const }]
  })

/** The limit that a request does not fit. */
export interface TokensRefused {
  kind: TokenKind
  limit: number
  remaining: number
  asked: number
  /** The request alone asks for more than the whole limit: waiting does not help. */
  isTooLarge: boolean
}

/** Why a request for so many tokens may not begin; null when it may. A limit that it can never fit is named first. */
export function refusedTokens(limits: TokenLimits, terms: TokenTerms, asked: TokenCounts): TokensRefused | null {
  const refused = tokenKinds.flatMap((kind) => {
    const [limit, remaining] = [limitOf(limits, kind, terms), remainingOf(limits, kind, terms)]
    if (asked[kind] === 0 || asked[kind] <= remaining) return []
    return [{ kind, limit, remaining, asked: asked[kind], isTooLarge: asked[kind] > limit }]
  })
  return refused.find(({ isTooLarge }) => isTooLarge) ?? refused[0] ?? null
}

/** What requests may still be admitted with in the minute. */
export const remainingOf = (limits: TokenLimits, kind: TokenKind, terms: TokenTerms): number =>
  Math.max(0, limitOf(limits, kind, terms) - limits.admitted[kind])

/** Counts a request's most among the minute's. */
export const admitTokens = (limits: TokenLimits, asked: TokenCounts, at: number): TokenLimits => ({
  ...limits,
  usedAt: Math.max(limits.usedAt, at),
  admitted: perKind((kind) => limits.admitted[kind] + asked[kind]),
})

/** Takes back what a request of the same minute was admitted with and did not need. */
export const returnTokens = (limits: TokenLimits, returned: TokenCounts): TokenLimits => ({
  ...limits,
  admitted: perKind((kind) => Math.max(0, limits.admitted[kind] - returned[kind])),
})

/** Counts what was used, whatever the limit says: it has happened. */
export function countUse(limits: TokenLimits, used: TokenCounts, at: number): TokenLimits {
  const ofMinute = perKind((kind) => limits.used[kind] + used[kind])
  const { quarter } = limits
  return {
    ...limits,
    usedAt: Math.max(limits.usedAt, at),
    used: ofMinute,
    quarter: {
      at: quarter.at,
      used: perKind((kind) => quarter.used[kind] + used[kind]),
      peak: perKind((kind) => Math.max(quarter.peak[kind], ofMinute[kind])),
    },
  }
}

/** What a request was admitted with, and the minute in which that counts. */
export interface ReservedTokens {
  minute: Date
  counts: TokenCounts
}

/** What the use of a request adds to what it was admitted with: all of it when it was admitted with nothing. */
export const beyondAdmitted = (used: TokenCounts, admitted: TokenCounts): TokenCounts =>
  perKind((kind) => Math.max(0, used[kind] - admitted[kind]))

/** The tokens of a request or an event, by kind. */
export const countsOf = (tokens: {
  inputTokens: bigint
  cachedInputTokens: bigint
  outputTokens: bigint
}): TokenCounts => ({
  prompt: Number(tokens.inputTokens),
  uncached: Number(tokens.inputTokens - tokens.cachedInputTokens),
  generated: Number(tokens.outputTokens),
})

/** Seconds until the counters of a minute begin anew. */
export const secondsUntilReset = (minute: number, at: number): number =>
  Math.max(1, Math.ceil((minute + minuteMs - at) / secondMs))

/** What an account may still use of a model in the running minute, for the headers of an answer. */
export type TokenRates = { model: string; resetSeconds: number } & Record<
  TokenKind,
  { limit: number; remaining: number }
>

/** How limits are named on the wire: in refusals with underscores, in headers with hyphens. */
export const tokenLimitNames = {
  prompt: 'tokens_prompt',
  uncached: 'tokens_prompt_uncached',
  generated: 'tokens_generated',
} as const satisfies Record<TokenKind, string>
