import { Refusal } from '@/lib/core/errors'
import { isId, newId } from '@/lib/core/ids'
import { formatMoney, type Money, money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { type BudgetWindow, endOfTime, firstPeriod, type SubjectScope } from './rules'
import { openMonthlyBudget, saveAssessed, turned } from './spend'
import {
  type BudgetState,
  insertSubjectBudget,
  readHeldOf,
  readSpentOf,
  readSubject,
  readSubjectBudgets,
  type SubjectBudgetState,
  saveLimit,
} from './store'

interface Wanted {
  accountId: string
  scope: SubjectScope
  subjectId: string
  window: BudgetWindow
  limit: Money
  warnAtPercent: number[]
}

/**
 * Sets the limit of a key or a member for a window, in the running period: what was used of it since it began, and what open
 * holds have set aside, counts. Needs the balance lock.
 * @throws Refusal `not_found` when there is no such key or member, `conflict` when the key is revoked
 */
export async function setBudgetIn(
  tx: Tx,
  wanted: Wanted,
  at: Date,
): Promise<{ before: BudgetState | null; after: BudgetState }> {
  const month = await openMonthlyBudget(tx, wanted.accountId, at)
  const subject = isId(wanted.subjectId) ? await readSubject(tx, wanted.accountId, wanted) : null
  if (!subject) throw noSubject(wanted.scope)
  if (!subject.isActive) {
    throw new Refusal('conflict', { field: 'subject', message: 'This key is revoked. Choose one that is in force.' })
  }
  const [latest] = await readSubjectBudgets(tx, wanted.accountId, month.timeZone, wanted)
  const { limit, warnAtPercent } = wanted
  if (latest) {
    const before = turned(latest, at)
    const after = { ...before, limit, warnAtPercent }
    await saveLimit(tx, after)
    await saveAssessed(tx, after, at)
    return { before, after }
  }
  const period = firstPeriodOf(wanted.window, month, subject.since, at)
  const [spent, held] = await Promise.all([
    readSpentOf(tx, wanted.accountId, wanted, period),
    readHeldOf(tx, wanted.accountId, wanted),
  ])
  const after: BudgetState = {
    ...period,
    accountId: wanted.accountId,
    budgetId: newId(),
    scope: wanted.scope,
    subjectId: wanted.subjectId,
    window: wanted.window,
    limit,
    warnAtPercent,
    spent: money(spent, limit.currency),
    held: money(held, limit.currency),
    warnedPercent: 0,
    crossings: 0,
    nextTimeZone: month.timeZone,
    subjectName: subject.name,
  }
  await insertSubjectBudget(tx, after)
  await saveAssessed(tx, after, at)
  return { before: null, after }
}

/** The account's own month for months, so that both turn together; all that the key or member ever used for a lifetime. */
function firstPeriodOf(window: BudgetWindow, month: BudgetState, since: Date, at: Date) {
  const { period, startsAt, endsAt, timeZone } = month
  if (window === 'monthly') return { period, startsAt, endsAt, timeZone }
  if (window === 'lifetime') return { period: 'lifetime', startsAt: since, endsAt: endOfTime, timeZone }
  return firstPeriod(at, timeZone, window)
}

const noSubject = (scope: SubjectScope) =>
  new Refusal('not_found', {
    field: 'subject',
    message: scope === 'key' ? 'There is no such API key in this account.' : 'There is no such member in this account.',
  })

/** The budgets of an account's keys and members in the periods of `at`; nothing is written. */
export async function turnedSubjectBudgets(
  tx: Tx,
  accountId: string,
  { timeZone }: { timeZone: string },
  at: Date,
  one: { budgetId?: string } = {},
): Promise<SubjectBudgetState[]> {
  const budgets = await readSubjectBudgets(tx, accountId, timeZone, one)
  return budgets.map((budget) => ({ ...budget, ...turned(budget, at) }) as SubjectBudgetState)
}

/** Any budget of the account in the period of `at`, or null. Needs the balance lock. */
export async function openBudget(
  tx: Tx,
  { accountId, budgetId }: { accountId: string; budgetId: string },
  at: Date,
): Promise<BudgetState | null> {
  const month = await openMonthlyBudget(tx, accountId, at)
  if (month.budgetId === budgetId) return month
  const [budget] = await turnedSubjectBudgets(tx, accountId, month, at, { budgetId })
  return budget ?? null
}

/** How the audit log shows a budget. */
export const auditedBudget = ({ budgetId, scope, subjectId, window, limit, warnAtPercent }: BudgetState) => ({
  budgetId,
  scope,
  subjectId,
  window,
  limit: limit && formatMoney(limit),
  warnAtPercent,
})
