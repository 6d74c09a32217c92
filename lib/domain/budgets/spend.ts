import { invariant } from '@/lib/core/errors'
import { newId } from '@/lib/core/ids'
import { formatMoney, type Money, percentSpent, zero } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { readBalance } from '../ledger'
import { notify } from '../notifications'
import { assessWarning, firstPeriod, leftOfLimit, periodAt } from './rules'
import {
  adoptTimeZone,
  type BudgetState,
  insertMonthlyBudget,
  insertPeriod,
  readMonthlyBudget,
  savePeriods,
} from './store'

/** A budget whose current period covers `at`, as it would be if it were turned now: nothing is written. */
export function turned(budget: BudgetState, at: Date): BudgetState {
  const period = periodAt(budget, at, budget.nextTimeZone, budget.window)
  if (period.period === budget.period) return budget
  return { ...budget, ...period, spent: zero(budget.spent.currency), warnedPercent: 0, crossings: 0 }
}

/** The account's billing time zone at an instant: that of the month which contains it. @throws Refusal `not_found` */
export const billingZone = async (tx: Tx, accountId: string, at: Date): Promise<string> =>
  turned(await readMonthlyBudget(tx, accountId), at).timeZone

/** The account's monthly budget with the period of `at`; begins the month when the last one is over. Needs the balance lock. */
export async function openMonthlyBudget(tx: Tx, accountId: string, at: Date): Promise<BudgetState> {
  const latest = await readMonthlyBudget(tx, accountId)
  const budget = turned(latest, at)
  if (budget !== latest) await beginMonth(tx, budget)
  return budget
}

/** Writes a month that `turned` has begun. */
export async function beginMonth(tx: Tx, budget: BudgetState): Promise<void> {
  await Promise.all([
    insertPeriod(tx, budget.accountId, budget.budgetId, budget),
    adoptTimeZone(tx, budget.accountId, budget.timeZone),
  ])
}

/** The monthly budget of a new account: no cap, the month of `at`. */
export async function createMonthlyBudget(tx: Tx, accountId: string, timeZone: string, at: Date): Promise<void> {
  const budgetId = newId()
  await insertMonthlyBudget(tx, accountId, budgetId)
  await insertPeriod(tx, accountId, budgetId, firstPeriod(at, timeZone))
}

/** Writes a period's figures, and tells the customer of a threshold newly crossed. Needs the balance lock. */
export async function saveAssessed(tx: Tx, budget: BudgetState, at: Date): Promise<void> {
  await Promise.all(saveAllAssessed(tx, [{ budget, at }]))
}

/** The same for many accounts. Returns the writes on their way. */
export function saveAllAssessed(tx: Tx, entries: { budget: BudgetState; at: Date }[]): Promise<unknown>[] {
  if (entries.length === 0) return []
  const assessed = entries.map(({ budget, at }) => ({ at, ...assess(budget) }))
  return [
    savePeriods(
      tx,
      assessed.map(({ budget }) => budget),
    ),
    ...assessed.filter(({ isCrossing }) => isCrossing).map(({ budget, at }) => tellOfCrossing(tx, budget, at)),
  ]
}

/** The period with its latest threshold: a warning is due once, until it is fallen back from. */
function assess(budget: BudgetState): { budget: BudgetState; isCrossing: boolean } {
  if (!budget.limit) return { budget: { ...budget, warnedPercent: 0 }, isCrossing: false }
  const percent = percentSpent(budget.limit, budget.spent)
  const { warnedPercent, isNew } = assessWarning(percent, budget.warnAtPercent, budget.warnedPercent)
  return { budget: { ...budget, warnedPercent, crossings: budget.crossings + (isNew ? 1 : 0) }, isCrossing: isNew }
}

async function tellOfCrossing(tx: Tx, budget: BudgetState, at: Date): Promise<void> {
  invariant(budget.limit, 'only a limit has thresholds')
  await notify(tx, {
    accountId: budget.accountId,
    kind: budget.warnedPercent >= 100 ? 'budget_reached' : 'budget_warning',
    cause: `budget:${budget.budgetId}/${budget.period}/${budget.warnedPercent}/${budget.crossings}`,
    facts: {
      percent: percentSpent(budget.limit, budget.spent),
      threshold: budget.warnedPercent,
      spent: formatMoney(budget.spent),
      limit: formatMoney(budget.limit),
      scope: budget.scope,
      window: budget.window,
      subjectId: budget.subjectId,
      subjectName: budget.subjectName ?? null,
      period: budget.period,
      resetsAt: budget.endsAt.toISOString(),
      timeZone: budget.timeZone,
    },
    at,
  })
}

/** What the cap still lets the account spend this month, open holds counted; null when there is no cap. */
export async function capHeadroom(tx: Tx, accountId: string, at: Date): Promise<Money | null> {
  const budget = turned(await readMonthlyBudget(tx, accountId), at)
  if (!budget.limit) return null
  const { held } = await readBalance(tx, accountId)
  return leftOfLimit(budget.limit, budget.spent, held)
}
