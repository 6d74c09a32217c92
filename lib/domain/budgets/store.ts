import { Refusal } from '@/lib/core/errors'
import { type Money, money } from '@/lib/core/money'
import { hourMs } from '@/lib/core/time'
import { query, type Tx } from '@/lib/edges/db'
import { plainColumn, textColumn, timeColumn } from '@/lib/edges/db/columns'
import type { BudgetScope, BudgetWindow, Period, RequestState, SubjectScope } from './rules'

export interface BudgetState extends Period {
  accountId: string
  budgetId: string
  scope: BudgetScope
  window: BudgetWindow
  /** The key or the user; null: the account itself. */
  subjectId: string | null
  limit: Money | null
  warnAtPercent: number[]
  spent: Money
  /** In open holds of the subject. Zero for the account: what it holds stands in its balance. */
  held: Money
  warnedPercent: number
  crossings: number
  /**
   * The zone in which the next period will run: for the account's own months the one that is wanted, for keys and members the
   * one of the account's month at that time.
   */
  nextTimeZone: string
  /** What the key or the member is called, where it was asked for. */
  subjectName?: string | null
}

export interface BudgetRow {
  account_id: string
  budget_id: string
  scope: BudgetScope
  window: BudgetWindow
  subject_id: string | null
  held: bigint
  currency: string
  limit_amount: bigint | null
  warn_at_percent: number[]
  period: string
  starts_at: Date
  ends_at: Date
  time_zone: string
  spent: bigint
  warned_percent: number
  crossings: number
  next_zone: string
}

/** The columns of a BudgetRow, from an account `a`, its monthly budget `b` and the latest period `p`. */
export const budgetColumns = `b.account_id, b.budget_id, b.scope, b."window", b.subject_id, b.held, a.currency, b.limit_amount,
  b.warn_at_percent, p.period, p.starts_at, p.ends_at, p.time_zone, p.spent, p.warned_percent, p.crossings, coalesce(a.next_time_zone, a.time_zone) as next_zone`

/** Joins the latest period `p` to a budget `b`. */
export const latestPeriodJoin = `
  join lateral (
    select * from budget_periods p where p.account_id = b.account_id and p.budget_id = b.budget_id
     order by p.period desc limit 1
  ) p on true`

/** Joins `b` and `p` to an account `a`. */
export const budgetJoins = `
  join lateral (
    select * from budgets b where b.account_id = a.account_id and b.scope = 'account' and b."window" = 'monthly' limit 1
  ) b on true
  ${latestPeriodJoin}`

/**
 * The account's monthly budget with its latest period. The balance row's lock, which every writer holds, guards it.
 * @throws Refusal `not_found` when there is no such account.
 */
export async function readMonthlyBudget(tx: Tx, accountId: string): Promise<BudgetState> {
  const { rows } = await tx.query<BudgetRow>(
    `select ${budgetColumns} from accounts a ${budgetJoins} where a.account_id = $1`,
    [accountId],
  )
  const row = rows[0]
  if (!row) throw new Refusal('not_found', { message: `There is no account ${accountId}.` })
  return readBudget(row)
}

export const readBudget = (row: BudgetRow): BudgetState => ({
  accountId: row.account_id,
  budgetId: row.budget_id,
  scope: row.scope,
  window: row.window,
  subjectId: row.subject_id,
  held: money(row.held, row.currency),
  limit: row.limit_amount === null ? null : money(row.limit_amount, row.currency),
  warnAtPercent: row.warn_at_percent,
  period: row.period,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  timeZone: row.time_zone,
  spent: money(row.spent, row.currency),
  warnedPercent: row.warned_percent,
  crossings: row.crossings,
  nextTimeZone: row.next_zone,
})

export async function insertPeriod(tx: Tx, accountId: string, budgetId: string, period: Period): Promise<void> {
  await tx.query(
    `insert into budget_periods (account_id, budget_id, period, starts_at, ends_at, time_zone)
     values ($1, $2, $3, $4, $5, $6)`,
    [accountId, budgetId, period.period, period.startsAt, period.endsAt, period.timeZone],
  )
}

/** Makes the zone of the month that begins now the account's own. */
export async function adoptTimeZone(tx: Tx, accountId: string, timeZone: string): Promise<void> {
  await tx.query('update accounts set time_zone = $2, next_time_zone = null where account_id = $1', [
    accountId,
    timeZone,
  ])
}

/** Writes the figures of periods, and begins those that are new. Returns the write on its way. */
export const savePeriods = (tx: Tx, budgets: BudgetState[]): Promise<unknown> =>
  tx.query(
    `insert into budget_periods (account_id, budget_id, period, starts_at, ends_at, time_zone, spent, warned_percent, crossings)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::bigint[],
                          $8::int[], $9::int[])
     on conflict (account_id, budget_id, period) do update set
       spent = excluded.spent, warned_percent = excluded.warned_percent, crossings = excluded.crossings`,
    [
      plainColumn(budgets.map((b) => b.accountId)),
      plainColumn(budgets.map((b) => b.budgetId)),
      plainColumn(budgets.map((b) => b.period)),
      timeColumn(budgets.map((b) => b.startsAt)),
      timeColumn(budgets.map((b) => b.endsAt)),
      textColumn(budgets.map((b) => b.timeZone)),
      plainColumn(budgets.map((b) => b.spent.nanos)),
      plainColumn(budgets.map((b) => b.warnedPercent)),
      plainColumn(budgets.map((b) => b.crossings)),
    ],
  )

/** Writes what open holds of keys and members set aside. Returns the write on its way. */
export const saveHeld = (tx: Tx, budgets: BudgetState[]): Promise<unknown> =>
  tx.query(
    // They are all there: found by the key that they conflict with, so that a planner has nothing to choose.
    `insert into budgets (account_id, budget_id, scope, subject_id, "window", limit_amount, held)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[])
     on conflict (account_id, budget_id) do update set held = excluded.held`,
    [
      plainColumn(budgets.map((b) => b.accountId)),
      plainColumn(budgets.map((b) => b.budgetId)),
      plainColumn(budgets.map((b) => b.scope)),
      plainColumn(budgets.map((b) => b.subjectId)),
      plainColumn(budgets.map((b) => b.window)),
      plainColumn(budgets.map((b) => b.limit?.nanos ?? null)),
      plainColumn(budgets.map((b) => b.held.nanos)),
    ],
  )

export async function insertMonthlyBudget(tx: Tx, accountId: string, budgetId: string): Promise<void> {
  await tx.query(`insert into budgets (account_id, budget_id, scope, "window") values ($1, $2, 'account', 'monthly')`, [
    accountId,
    budgetId,
  ])
}

export async function saveLimit(tx: Tx, budget: BudgetState): Promise<void> {
  await tx.query(
    'update budgets set limit_amount = $3, warn_at_percent = $4 where account_id = $1 and budget_id = $2',
    [budget.accountId, budget.budgetId, budget.limit?.nanos ?? null, budget.warnAtPercent],
  )
}

/** What may stop the account's usage besides its cap: the operator or an unpaid invoice; and how far it may go beyond its credit. */
export async function readStanding(
  tx: Tx,
  accountId: string,
): Promise<{ isStopped: boolean; creditLimit: Money } | null> {
  const { rows } = await tx.query<{ is_stopped: boolean; credit_limit: bigint; currency: string }>(
    `select suspended_at is not null or payment_paused_at is not null as is_stopped, credit_limit, currency
       from accounts where account_id = $1`,
    [accountId],
  )
  const row = rows[0]
  return row ? { isStopped: row.is_stopped, creditLimit: money(row.credit_limit, row.currency) } : null
}

/** Months that have ended with the account's cap reached, of accounts that were not told since that usage goes on. */
export async function readEndedPauses(looked: {
  at: Date
  since: Date
  limit: number
}): Promise<Pick<BudgetState, 'accountId' | 'budgetId' | 'period' | 'crossings'>[]> {
  return query(
    `select p.account_id as "accountId", p.budget_id as "budgetId", p.period, p.crossings
       from budget_periods p
       join budgets b on b.account_id = p.account_id and b.budget_id = p.budget_id and b.scope = 'account'
      where p.warned_percent >= 100 and p.ends_at <= $1 and p.ends_at > $2
        and not exists (select 1 from notifications n where n.account_id = p.account_id and n.kind = 'usage_resumed'
                           and n.created_at >= p.ends_at)
      order by p.ends_at limit $3`,
    [looked.at, looked.since, looked.limit],
  )
}

/** A budget of a key or a member, with what it is called. */
export interface SubjectBudgetState extends BudgetState {
  scope: SubjectScope
  subjectId: string
  subjectName: string
  /** Whether the key is in force, or the user still a member. */
  isSubjectActive: boolean
}

/**
 * The budgets of an account's keys and members, with their latest periods: all, or one. Their next period runs in `timeZone`, that
 * of the account's month. The balance row's lock, which every writer holds, guards them.
 */
export async function readSubjectBudgets(
  tx: Tx,
  accountId: string,
  timeZone: string,
  one: { budgetId?: string; scope?: SubjectScope; subjectId?: string; window?: BudgetWindow } = {},
): Promise<SubjectBudgetState[]> {
  const { rows } = await tx.query<
    BudgetRow & { scope: SubjectScope; subject_id: string; subject_name: string | null; is_active: boolean }
  >(
    `select ${budgetColumns}, coalesce(k.name, nullif(u.name, ''), u.email) as subject_name,
            k.revoked_at is null and (k.key_id is not null or m.user_id is not null) as is_active
       from budgets b
       join accounts a on a.account_id = b.account_id
       ${latestPeriodJoin}
       left join api_keys k on b.scope = 'key' and k.account_id = b.account_id and k.key_id = b.subject_id
       left join users u on b.scope = 'member' and u.id = b.subject_id
       left join memberships m on m.account_id = b.account_id and m.user_id = u.id
      where b.account_id = $1 and b.scope <> 'account'
        and ($2::uuid is null or b.budget_id = $2) and ($3::text is null or b.scope = $3)
        and ($4::uuid is null or b.subject_id = $4) and ($5::text is null or b."window" = $5)
      order by b.scope, subject_name, b.budget_id`,
    [accountId, one.budgetId ?? null, one.scope ?? null, one.subjectId ?? null, one.window ?? null],
  )
  return rows.map((row) => ({
    ...readBudget(row),
    nextTimeZone: timeZone,
    scope: row.scope,
    subjectId: row.subject_id,
    subjectName: row.subject_name ?? '',
    isSubjectActive: row.is_active,
  }))
}

/** A key or a member of the account, and since when there may be usage of it; null when there is none. */
export async function readSubject(
  tx: Tx,
  accountId: string,
  { scope, subjectId }: { scope: SubjectScope; subjectId: string },
): Promise<{ name: string; isActive: boolean; since: Date } | null> {
  const { rows } = await tx.query<{ name: string; is_active: boolean; since: Date }>(
    scope === 'key'
      ? `select name, revoked_at is null as is_active, created_at as since
           from api_keys where account_id = $1 and key_id = $2 and rotated_from is null`
      : `select coalesce(nullif(u.name, ''), u.email) as name, true as is_active, a.created_at as since
           from memberships m join users u on u.id = m.user_id join accounts a on a.account_id = m.account_id
          where m.account_id = $1 and m.user_id = $2`,
    [accountId, subjectId],
  )
  const row = rows[0]
  return row ? { name: row.name, isActive: row.is_active, since: row.since } : null
}

const usageColumn: Record<SubjectScope, string> = { key: 'key_id', member: 'member_id' }

/** What the usage of a key or a member recorded within the bounds has cost: whole hours from the rollup, the rest from events. */
export async function readSpentOf(
  tx: Tx,
  accountId: string,
  { scope, subjectId }: { scope: SubjectScope; subjectId: string },
  { startsAt, endsAt }: { startsAt: Date; endsAt: Date },
): Promise<bigint> {
  const column = usageColumn[scope]
  const wholeFrom = new Date(Math.ceil(startsAt.getTime() / hourMs) * hourMs)
  const { rows } = await tx.query<{ spent: bigint }>(
    `select (coalesce((select sum(amount) from usage_hours
                        where account_id = $1 and ${column} = $2 and hour >= $4 and hour < $5), 0)
           + coalesce((select sum(amount) from usage_events
                        where account_id = $1 and ${column} = $2 and recorded_at >= $3 and recorded_at < $4), 0))::bigint as spent`,
    [accountId, subjectId, startsAt, wholeFrom, endsAt],
  )
  return rows[0]?.spent ?? 0n
}

/** What open holds of a key or a member have set aside. */
export async function readHeldOf(
  tx: Tx,
  accountId: string,
  { scope, subjectId }: { scope: SubjectScope; subjectId: string },
): Promise<bigint> {
  const { rows } = await tx.query<{ held: bigint }>(
    `select coalesce(sum(amount), 0)::bigint as held from holds
      where account_id = $1 and state = 'open' and ${usageColumn[scope]} = $2`,
    [accountId, subjectId],
  )
  return rows[0]?.held ?? 0n
}

/** A new budget of a key or a member with its first period. */
export async function insertSubjectBudget(tx: Tx, budget: BudgetState): Promise<void> {
  await tx.query(
    `insert into budgets (account_id, budget_id, scope, subject_id, "window", limit_amount, warn_at_percent, held)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      budget.accountId,
      budget.budgetId,
      budget.scope,
      budget.subjectId,
      budget.window,
      budget.limit?.nanos ?? null,
      budget.warnAtPercent,
      budget.held.nanos,
    ],
  )
  await insertPeriod(tx, budget.accountId, budget.budgetId, budget)
}

/** Deletes a budget with its periods, and closes the requests that wait for it. */
export async function deleteBudget(
  tx: Tx,
  { accountId, budgetId }: { accountId: string; budgetId: string },
  by: { userId: string | null; at: Date },
): Promise<void> {
  await tx.query('delete from budget_periods where account_id = $1 and budget_id = $2', [accountId, budgetId])
  await tx.query('delete from budgets where account_id = $1 and budget_id = $2', [accountId, budgetId])
  await tx.query(
    `update budget_requests set state = 'withdrawn', decided_by = coalesce($3, asked_by), decided_at = $4
      where account_id = $1 and budget_id = $2 and state = 'open'`,
    [accountId, budgetId, by.userId, by.at],
  )
}

export interface RequestRow {
  requestId: string
  budgetId: string
  scope: BudgetScope
  window: BudgetWindow
  askedBy: string
  askedByName: string
  subjectId: string | null
  subjectName: string | null
  limit: Money
  askedLimit: Money
  reason: string
  state: RequestState
  decidedByName: string | null
  decidedAt: Date | null
  note: string | null
  createdAt: Date
}

/** Adds a request. Returns whether it is new: a member has one open request for a budget. */
export async function insertRequest(
  tx: Tx,
  row: {
    accountId: string
    requestId: string
    budget: BudgetState
    askedBy: string
    limit: Money
    askedLimit: Money
    reason: string
    at: Date
  },
): Promise<boolean> {
  const { rows } = await tx.query(
    `insert into budget_requests (account_id, request_id, budget_id, scope, subject_id, "window", asked_by, limit_amount, asked_limit,
                                  reason, state, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11)
     on conflict (account_id, budget_id, asked_by) where state = 'open' do nothing
     returning request_id`,
    [
      row.accountId,
      row.requestId,
      row.budget.budgetId,
      row.budget.scope,
      row.budget.subjectId,
      row.budget.window,
      row.askedBy,
      row.limit.nanos,
      row.askedLimit.nanos,
      row.reason,
      row.at,
    ],
  )
  return rows.length > 0
}

/** Requests, those that wait first, each group newest first: the account's latest, or one. */
export async function readRequests(tx: Tx, accountId: string, requestId: string | null = null): Promise<RequestRow[]> {
  const { rows } = await tx.query<
    Omit<RequestRow, 'limit' | 'askedLimit'> & { limit: bigint; askedLimit: bigint; currency: string }
  >(
    `select r.request_id as "requestId", r.budget_id as "budgetId", r.scope, r."window", r.asked_by as "askedBy",
            coalesce(nullif(asker.name, ''), asker.email, '') as "askedByName", r.subject_id as "subjectId",
            coalesce(k.name, nullif(u.name, ''), u.email) as "subjectName", r.limit_amount as "limit",
            r.asked_limit as "askedLimit", r.reason, r.state, coalesce(nullif(decider.name, ''), decider.email) as "decidedByName",
            r.decided_at as "decidedAt", r.note, r.created_at as "createdAt", a.currency
       from budget_requests r
       join accounts a on a.account_id = r.account_id
       left join users asker on asker.id = r.asked_by
       left join users decider on decider.id = r.decided_by
       left join api_keys k on r.scope = 'key' and k.account_id = r.account_id and k.key_id = r.subject_id
       left join users u on r.scope = 'member' and u.id = r.subject_id
      where r.account_id = $1 and ($2::uuid is null or r.request_id = $2)
      order by r.state <> 'open', r.created_at desc, r.request_id limit 50`,
    [accountId, requestId],
  )
  return rows.map(({ currency, ...row }) => ({
    ...row,
    limit: money(row.limit, currency),
    askedLimit: money(row.askedLimit, currency),
  }))
}

/** Closes an open request. */
export async function closeRequest(
  tx: Tx,
  row: { accountId: string; requestId: string; state: RequestState; by: string; note: string | null; at: Date },
): Promise<void> {
  await tx.query(
    `update budget_requests set state = $3, decided_by = $4, note = $5, decided_at = $6
      where account_id = $1 and request_id = $2 and state = 'open'`,
    [row.accountId, row.requestId, row.state, row.by, row.note, row.at],
  )
}
