import type { Actor } from '@/lib/core/actor'
import { now } from '@/lib/edges/clock'
import { pool, type Tx } from '@/lib/edges/db'
import { requireRole } from '../members'
import { type BudgetDto, type BudgetRequestDto, budgetDto, requestDto } from './dto'
import { turned } from './spend'
import { type BudgetState, readMonthlyBudget, readRequests } from './store'
import { turnedSubjectBudgets } from './subject-budgets'

/**
 * The budgets of the account's keys and members in their current periods, and the id of the account's own (its figures are
 * getMonth's).
 */
export async function listBudgets(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<{ capBudgetId: string; budgets: BudgetDto[] }> {
  await requireRole(actor, accountId, 'account:read')
  const { month, budgets } = await accountBudgets(pool(), accountId, await now())
  return { capBudgetId: month.budgetId, budgets }
}

/** The account's month, and the budgets of its keys and members, in the periods of `at`; nothing is written. */
export async function accountBudgets(
  tx: Tx,
  accountId: string,
  at: Date,
): Promise<{ month: BudgetState; budgets: BudgetDto[] }> {
  const month = turned(await readMonthlyBudget(tx, accountId), at)
  const budgets = await turnedSubjectBudgets(tx, accountId, month, at)
  return { month, budgets: budgets.map(budgetDto) }
}

/** The latest requests for more, those that wait for a decision first. */
export async function listBudgetRequests(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<{ requests: BudgetRequestDto[] }> {
  await requireRole(actor, accountId, 'account:read')
  return { requests: (await readRequests(pool(), accountId)).map(requestDto) }
}
