import { Refusal } from '@/lib/core/errors'
import { type Money, money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { plainColumn, textColumn, timeColumn } from '@/lib/edges/db/columns'
import type { BudgetScope, BudgetWindow, Period } from './rules'

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

/** Joins `b` and `p` to an account `a`. */
export const budgetJoins = `
  join lateral (
    select * from budgets b where b.account_id = a.account_id and b.scope = 'account' and b."window" = 'monthly' limit 1
  ) b on true
  join lateral (
    select * from budget_periods p where p.account_id = b.account_id and p.budget_id = b.budget_id
     order by p.period desc limit 1
  ) p on true`

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

/** What the account used in an earlier billing month, or null when it has no such month. */
export async function readSpentIn(tx: Tx, accountId: string, period: string, currency: string): Promise<Money | null> {
  const { rows } = await tx.query<{ spent: bigint }>(
    `select p.spent from budget_periods p join budgets b using (account_id, budget_id)
      where p.account_id = $1 and b.scope = 'account' and p.period = $2`,
    [accountId, period],
  )
  return rows[0] ? money(rows[0].spent, currency) : null
}
