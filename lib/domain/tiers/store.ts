/** The only SQL of tiers, the house's limits and requests for more. */
import { Refusal } from '@/lib/core/errors'
import { type Money, money } from '@/lib/core/money'
import { query, type Tx } from '@/lib/edges/db'
import type { TokenCounts } from '../token-limits/rules'
import type { AskedKind, AskedState, ReachedTier, SizeClass, TierFacts } from './rules'

const houseLimits = 'limits'

export async function readHouseLimits(tx: Tx): Promise<unknown> {
  const { rows } = await tx.query<{ value: unknown }>(
    'select value from house_settings where name = $1 order by version desc limit 1',
    [houseLimits],
  )
  return rows[0]?.value ?? null
}

/** Of two changes at once one comes second, under the next number. */
export async function insertHouseLimits(
  tx: Tx,
  { value, changedBy, at }: { value: unknown; changedBy: string; at: Date },
): Promise<void> {
  await tx.query(
    `insert into house_settings (name, version, value, changed_by, changed_at)
     select $1, coalesce(max(version), 0) + 1, $2::jsonb, $3, $4 from house_settings where name = $1`,
    [houseLimits, JSON.stringify(value), changedBy, at],
  )
}

export async function readSizeClasses(): Promise<Map<string, SizeClass>> {
  const rows = await query<{ model: string; size_class: SizeClass }>('select model, size_class from models')
  return new Map(rows.map((row) => [row.model, row.size_class]))
}

/** What an account has reached, and what its tier is measured by. */
export interface TierRow extends TierFacts {
  accountId: string
  tier: ReachedTier
  unlimitedSince: Date | null
}

const tierSelect = `select a.account_id, a.tier, a.unlimited_since, a.currency,
    a.billing_name <> '' and a.address_country <> '' as has_billing_profile,
    exists (
      select from payment_methods c
       where c.account_id = a.account_id and c.removed_at is null
         and make_timestamptz(c.exp_year, c.exp_month, 1, 0, 0, 0, 'UTC') + interval '1 month' > $2
    ) as has_payment_method,
    coalesce((
      select sum(t.amount) from transfers t where t.account_id = a.account_id and t.kind in ('purchase', 'auto_top_up')
    ), 0)::bigint as added,
    coalesce((select sum(d.amount) from usage_days d where d.account_id = a.account_id), 0)::bigint as used
  from accounts a`

interface TierRowOfSql {
  account_id: string
  tier: ReachedTier
  unlimited_since: Date | null
  currency: string
  has_billing_profile: boolean
  has_payment_method: boolean
  added: bigint
  used: bigint
}

const readTierRow = (row: TierRowOfSql): TierRow => ({
  accountId: row.account_id,
  tier: row.tier,
  unlimitedSince: row.unlimited_since,
  hasBillingProfile: row.has_billing_profile,
  hasPaymentMethod: row.has_payment_method,
  added: money(row.added, row.currency),
  used: money(row.used, row.currency),
})

/** @throws Refusal `not_found` */
export async function readTier(tx: Tx, accountId: string, at: Date): Promise<TierRow> {
  const { rows } = await tx.query<TierRowOfSql>(`${tierSelect} where a.account_id = $1`, [accountId, at])
  if (!rows[0]) throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  return readTierRow(rows[0])
}

/** Notes a higher tier; of two who note at once the higher stays. Whether it was new. */
export async function saveTier(
  tx: Tx,
  { accountId, tier, because, at }: { accountId: string; tier: ReachedTier; because: string; at: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query('update accounts set tier = $2 where account_id = $1 and tier < $2', [
    accountId,
    tier,
  ])
  if (!rowCount) return false
  await tx.query(
    `insert into account_tiers (account_id, tier, reached_at, because) values ($1, $2, $3, $4) on conflict do nothing`,
    [accountId, tier, at, because],
  )
  return true
}

/** Accounts that may have used their way up since an instant: below the highest tier, with usage that day or later. */
export async function findClimbing(tx: Tx, day: string, after: string, most: number): Promise<string[]> {
  const { rows } = await tx.query<{ account_id: string }>(
    `select a.account_id from accounts a
      where a.account_id > $2 and a.tier < 4
        and exists (select from usage_days d where d.account_id = a.account_id and d.day >= $1::date)
      order by a.account_id limit $3`,
    [day, after, most],
  )
  return rows.map((row) => row.account_id)
}

export interface ReachedRow {
  tier: ReachedTier
  reachedAt: Date
}

export const readReached = (accountId: string): Promise<ReachedRow[]> =>
  query<ReachedRow>('select tier, reached_at as "reachedAt" from account_tiers where account_id = $1 order by tier', [
    accountId,
  ])

export interface OwnLimits {
  unlimitedSince: Date | null
  tokens: TokenCounts | null
}

interface OwnLimitsRow {
  unlimited_since: Date | null
  prompt_tokens_per_minute: bigint | null
  uncached_tokens_per_minute: bigint | null
  generated_tokens_per_minute: bigint | null
}

/** The operator's own token limits in a row of accounts; null: the rule. */
export function readOwnTokens(row: Omit<OwnLimitsRow, 'unlimited_since'>): TokenCounts | null {
  if (row.prompt_tokens_per_minute === null) return null
  return {
    prompt: Number(row.prompt_tokens_per_minute),
    uncached: Number(row.uncached_tokens_per_minute),
    generated: Number(row.generated_tokens_per_minute),
  }
}

/** @throws Refusal `not_found` */
export async function lockOwnLimits(tx: Tx, accountId: string): Promise<OwnLimits> {
  const { rows } = await tx.query<OwnLimitsRow>(
    `select unlimited_since, prompt_tokens_per_minute, uncached_tokens_per_minute, generated_tokens_per_minute
       from accounts where account_id = $1 for update`,
    [accountId],
  )
  const row = rows[0]
  if (!row) throw new Refusal('not_found', { message: `There is no account ${accountId}.` })
  return { unlimitedSince: row.unlimited_since, tokens: readOwnTokens(row) }
}

export async function saveOwnLimits(tx: Tx, accountId: string, { unlimitedSince, tokens }: OwnLimits): Promise<void> {
  await tx.query(
    `update accounts set unlimited_since = $2, prompt_tokens_per_minute = $3, uncached_tokens_per_minute = $4,
            generated_tokens_per_minute = $5
      where account_id = $1`,
    [accountId, unlimitedSince, tokens?.prompt ?? null, tokens?.uncached ?? null, tokens?.generated ?? null],
  )
}

export interface LimitRequestRow {
  accountId: string
  accountName: string
  requestId: string
  askedBy: string
  askedByName: string
  kind: AskedKind
  model: string | null
  reason: string
  state: AskedState
  decidedBy: string | null
  decidedAt: Date | null
  note: string | null
  createdAt: Date
}

const requestSelect = `select r.account_id as "accountId", a.name as "accountName", r.request_id as "requestId",
    r.asked_by as "askedBy", coalesce(nullif(u.name, ''), u.email, '') as "askedByName", r.kind, r.model, r.reason, r.state,
    r.decided_by as "decidedBy", r.decided_at as "decidedAt", r.note, r.created_at as "createdAt"
  from limit_requests r
  join accounts a on a.account_id = r.account_id
  left join users u on u.id = r.asked_by`

/** Whether it was written: an account has one open request of a kind. */
export async function insertLimitRequest(
  tx: Tx,
  row: Pick<LimitRequestRow, 'accountId' | 'requestId' | 'askedBy' | 'kind' | 'model' | 'reason' | 'createdAt'>,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into limit_requests (account_id, request_id, asked_by, kind, model, reason, state, created_at)
     values ($1, $2, $3, $4, $5, $6, 'open', $7) on conflict do nothing`,
    [row.accountId, row.requestId, row.askedBy, row.kind, row.model, row.reason, row.createdAt],
  )
  return rowCount === 1
}

/** Ends an open request. Whether it was open. */
export async function closeLimitRequest(
  tx: Tx,
  closing: {
    accountId: string
    requestId: string
    state: Exclude<AskedState, 'open'>
    decidedBy: string
    note: string | null
    at: Date
  },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update limit_requests set state = $3, decided_by = $4, note = $5, decided_at = $6
      where account_id = $1 and request_id = $2 and state = 'open'`,
    [closing.accountId, closing.requestId, closing.state, closing.decidedBy, closing.note, closing.at],
  )
  return rowCount === 1
}

export async function readLimitRequest(accountId: string, requestId: string): Promise<LimitRequestRow | null> {
  const rows = await query<LimitRequestRow>(`${requestSelect} where r.account_id = $1 and r.request_id = $2`, [
    accountId,
    requestId,
  ])
  return rows[0] ?? null
}

/** An account's latest requests, newest first. */
export const readLimitRequests = (accountId: string, most: number): Promise<LimitRequestRow[]> =>
  query<LimitRequestRow>(
    `${requestSelect} where r.account_id = $1 order by r.created_at desc, r.request_id desc limit $2`,
    [accountId, most],
  )

/** What waits for the operator, oldest first. */
export const readOpenLimitRequests = (most: number): Promise<LimitRequestRow[]> =>
  query<LimitRequestRow>(`${requestSelect} where r.state = 'open' order by r.created_at limit $1`, [most])

/** The latest decisions of operators, newest first, with the address of whoever decided on the pages. */
export const readDecidedLimitRequests = (
  most: number,
): Promise<(LimitRequestRow & { decidedByEmail: string | null })[]> =>
  query(
    `select asked.*, d.email as "decidedByEmail"
       from (${requestSelect} where r.state in ('granted', 'declined') order by r.decided_at desc limit $1) asked
       left join users d on 'user:' || d.id = asked."decidedBy"
      order by asked."decidedAt" desc`,
    [most],
  )

/** Who an account is, and the price of its usage since the day of an instant. @throws Refusal `not_found` */
export async function readAccountUse(
  accountId: string,
  since: Date,
): Promise<{ name: string; openedAt: Date; used: Money }> {
  const [row] = await query<{ name: string; created_at: Date; currency: string; used: bigint }>(
    `select a.name, a.created_at, a.currency, coalesce((
        select sum(d.amount) from usage_days d where d.account_id = a.account_id and d.day >= ($2 at time zone a.time_zone)::date
      ), 0)::bigint as used
       from accounts a where a.account_id = $1`,
    [accountId, since],
  )
  if (!row) throw new Refusal('not_found', { message: 'There is no such account.' })
  return { name: row.name, openedAt: row.created_at, used: money(row.used, row.currency) }
}

/** What an account's request limit is worked out from, and the requests of its latest minute. */
export interface RequestMeans {
  ownLimit: number | null
  ownTokens: TokenCounts | null
  hasPaymentMethod: boolean
  balance: Money
  /** As far as usage may go beyond credit, by contract; zero: prepaid. */
  creditLimit: Money
  minute: Date | null
  requests: number
}

/** @throws Refusal `not_found` */
export async function readRequestMeans(accountId: string): Promise<RequestMeans> {
  const [row] = await query<
    OwnLimitsRow & {
      requests_per_minute: number | null
      has_payment_method: boolean
      balance: bigint
      credit_limit: bigint
      currency: string
      minute: Date | null
      minute_requests: number
    }
  >(
    `select a.*, b.balance, b.minute, b.minute_requests,
            exists (select from payment_methods c where c.account_id = a.account_id and c.removed_at is null) as has_payment_method
       from accounts a join account_balances b on b.account_id = a.account_id
      where a.account_id = $1`,
    [accountId],
  )
  if (!row) throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  return {
    ownLimit: row.requests_per_minute,
    ownTokens: readOwnTokens(row),
    hasPaymentMethod: row.has_payment_method,
    balance: money(row.balance, row.currency),
    creditLimit: money(row.credit_limit, row.currency),
    minute: row.minute,
    requests: row.minute_requests,
  }
}
