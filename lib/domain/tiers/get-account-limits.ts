import { type Actor, system } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { formatMoney } from '@/lib/core/money'
import { dayMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { requireOperator } from '../members'
import { perKind, type TokenCounts } from '../token-limits/rules'
import { getLimits, type ModelLimitsDto } from './get-limits'
import { limitBook } from './house-limits'
import { type LimitRequestDto, limitRequestDto } from './limit-requests'
import type { Tier } from './rules'
import { readAccountUse, readDecidedLimitRequests, readOpenLimitRequests, readRequestMeans } from './store'

/** What an operator looks at before setting an account's limits. Money is a decimal string. */
export interface AccountLimitsDto {
  accountId: string
  accountName: string
  openedAt: string
  currency: string
  balance: string
  /** Ever. */
  added: string
  used: string
  /** The price of its usage in the last 30 days. */
  usedLately: string
  tier: Tier
  /** What its tier is measured by: spent or added, whichever is more. */
  measured: string
  unlimitedSince: string | null
  /** own: set by an operator; null: the usual rule. */
  requests: { limit: number; own: number | null }
  /** Set by an operator, for each model alike; null: they follow its use. */
  ownTokens: TokenCounts | null
  /** What the token limits of a model begin at. */
  start: TokenCounts
  /** limits: now. highest: use a minute, on average, in the busiest quarter of an hour of the last 7 days. */
  models: { model: string; name: string; limits: TokenCounts; highest: TokenCounts }[]
  /** What it asked for lately, newest first. */
  asked: LimitRequestDto[]
}

const lately = 30 * dayMs

/** An account's limits with the facts that speak for or against others. For operators. @throws Refusal `not_found` */
export async function getAccountLimits(actor: Actor, { accountId }: { accountId: string }): Promise<AccountLimitsDto> {
  await requireOperator(actor, 'operator:read')
  if (!isId(accountId)) throw new Refusal('not_found', { message: 'There is no such account.' })
  const at = await now()
  const [limits, means, use, { house }] = await Promise.all([
    // An operator is no member: what members see is read as the house itself.
    getLimits(system('operator pages'), { accountId }),
    readRequestMeans(accountId),
    readAccountUse(accountId, new Date(at.getTime() - lately)),
    limitBook(),
  ])
  const { currency, added, used, measured, tier, unlimitedSince, asked } = limits
  return {
    accountId,
    accountName: use.name,
    openedAt: use.openedAt.toISOString(),
    currency,
    balance: formatMoney(means.balance),
    added,
    used,
    usedLately: formatMoney(use.used),
    tier,
    measured,
    unlimitedSince,
    requests: { limit: limits.requests.limit, own: means.ownLimit },
    ownTokens: means.ownTokens,
    start: house.tokens.start,
    models: limits.models.map(modelOf),
    asked,
  }
}

const modelOf = ({ model, name, kinds, points }: ModelLimitsDto): AccountLimitsDto['models'][number] => ({
  model,
  name,
  limits: perKind((kind) => kinds[kind].limit),
  highest: perKind((kind) => points.reduce((most, point) => Math.max(most, point[kind].used), 0)),
})

export interface LimitQueueDto {
  /** The oldest open requests, with who asks. */
  open: (LimitRequestDto & { account: AccountLimitsDto })[]
  /** How many are open in all; 200 at most. */
  waiting: number
  /** The latest decisions, newest first. */
  decided: (LimitRequestDto & { accountId: string; accountName: string; decidedBy: string | null })[]
}

const mostOpen = 20
const mostDecided = 10
const mostCounted = 200

/** What waits for an operator's decision, oldest first, and what was decided last. For operators. */
export async function getLimitQueue(actor: Actor): Promise<LimitQueueDto> {
  await requireOperator(actor, 'operator:read')
  const [rows, decided] = await Promise.all([readOpenLimitRequests(mostCounted), readDecidedLimitRequests(mostDecided)])
  const shown = rows.slice(0, mostOpen)
  const accounts = new Map(
    await Promise.all(
      [...new Set(shown.map(({ accountId }) => accountId))].map(
        async (accountId) => [accountId, await getAccountLimits(actor, { accountId })] as const,
      ),
    ),
  )
  return {
    open: shown.map((row) => ({ ...limitRequestDto(row), account: accounts.get(row.accountId)! })),
    waiting: rows.length,
    decided: decided.map((row) => ({
      ...limitRequestDto(row),
      accountId: row.accountId,
      accountName: row.accountName,
      decidedBy: row.decidedByEmail,
    })),
  }
}
