import { newId } from '@/lib/core/ids'
import { add, formatMoney, type Money, zero } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { readBalance } from '../ledger'
import { notify } from '../notifications'
import { assessWarning, firstPeriod, leftOfLimit, percentSpent, periodAt } from './rules'
import {
  adoptTimeZone,
  type BudgetState,
  insertMonthlyBudget,
  insertPeriod,
  readMonthlyBudget,
  saveSpent,
} from './store'

/** A budget whose current period covers `at`, as it would be if it were turned now: nothing is written. */
export function turned(budget: BudgetState, at: Date): BudgetState {
  const period = periodAt(budget, at, budget.nextTimeZone)
  if (period.period === budget.period) return budget
  return { ...budget, ...period, spent: zero(budget.spent.currency), warnedPercent: 0, crossings: 0 }
}

/** The account's monthly budget with the period of `at`; begins the month when the last one is over. Needs the balance lock. */
export async function openMonthlyBudget(tx: Tx, accountId: string, at: Date): Promise<BudgetState> {
  const latest = await readMonthlyBudget(tx, accountId)
  const budget = turned(latest, at)
  if (budget !== latest) {
    await insertPeriod(tx, accountId, budget.budgetId, budget)
    await adoptTimeZone(tx, accountId, budget.timeZone)
  }
  return budget
}

/** The monthly budget of a new account: no cap, the month of `at`. */
export async function createMonthlyBudget(tx: Tx, accountId: string, timeZone: string, at: Date): Promise<void> {
  const budgetId = newId()
  await insertMonthlyBudget(tx, accountId, budgetId)
  await insertPeriod(tx, accountId, budgetId, firstPeriod(at, timeZone))
}

/** Counts usage against the month and sends the warning that became due. Needs the balance lock. */
export async function recordSpend(tx: Tx, budget: BudgetState, amount: Money, at: Date): Promise<void> {
  await saveAssessed(tx, { ...budget, spent: add(budget.spent, amount) }, at)
}

/** Writes a period's figures, and tells the customer of a threshold newly crossed: once, until it is fallen back from. */
export async function saveAssessed(tx: Tx, budget: BudgetState, at: Date): Promise<void> {
  const assessed = { ...budget }
  if (budget.limit) {
    const percent = percentSpent(budget.limit, budget.spent)
    const warning = assessWarning(percent, budget.warnAtPercent, budget.warnedPercent)
    assessed.warnedPercent = warning.warnedPercent
    if (warning.isNew) {
      assessed.crossings += 1
      await notify(tx, {
        accountId: budget.accountId,
        kind: warning.warnedPercent >= 100 ? 'budget_reached' : 'budget_warning',
        cause: `budget:${budget.budgetId}/${budget.period}/${warning.warnedPercent}/${assessed.crossings}`,
        facts: {
          percent,
          threshold: warning.warnedPercent,
          spent: formatMoney(budget.spent),
          limit: formatMoney(budget.limit),
          period: budget.period,
          resetsAt: budget.endsAt.toISOString(),
          timeZone: budget.timeZone,
        },
        at,
      })
    }
  } else {
    assessed.warnedPercent = 0
  }
  await saveSpent(tx, assessed)
}

/** What the cap still lets the account spend this month, open holds counted; null when there is no cap. */
export async function capHeadroom(tx: Tx, accountId: string, at: Date): Promise<Money | null> {
  const budget = turned(await readMonthlyBudget(tx, accountId), at)
  if (!budget.limit) return null
  const { held } = await readBalance(tx, accountId)
  return leftOfLimit(budget.limit, budget.spent, held)
}
