import { formatMoney, percentSpent } from '@/lib/core/money'
import { type BudgetScope, type BudgetWindow, leftOfLimit, type RequestState, type SubjectScope } from './rules'
import type { RequestRow, SubjectBudgetState } from './store'

/** A budget of a key or a member in its current period. Money is a decimal string. */
export interface BudgetDto {
  budgetId: string
  scope: SubjectScope
  window: BudgetWindow
  /** isActive: whether the key is in force, or the user still a member. */
  subject: { id: string; name: string; isActive: boolean }
  limit: string
  spent: string
  /** Set aside for requests that run. */
  held: string
  /** What may still be promised. */
  left: string
  /** Whole percent of the limit that is spent. */
  percent: number
  warnAtPercent: number[]
  /** "2026-11-21", "2026-W47", "2026-11" or "lifetime" */
  period: string
  /** When it begins anew; null: never. */
  resetsAt: string | null
  timeZone: string
}

export function budgetDto(budget: SubjectBudgetState): BudgetDto {
  const { limit, spent, held } = budget
  if (!limit) throw new Error('a budget of a key or a member has a limit')
  return {
    budgetId: budget.budgetId,
    scope: budget.scope,
    window: budget.window,
    subject: { id: budget.subjectId, name: budget.subjectName, isActive: budget.isSubjectActive },
    limit: formatMoney(limit),
    spent: formatMoney(spent),
    held: formatMoney(held),
    left: formatMoney(leftOfLimit(limit, spent, held)),
    percent: percentSpent(limit, spent),
    warnAtPercent: budget.warnAtPercent,
    period: budget.period,
    resetsAt: budget.window === 'lifetime' ? null : budget.endsAt.toISOString(),
    timeZone: budget.timeZone,
  }
}

/** A member's request for more. */
export interface BudgetRequestDto {
  requestId: string
  budgetId: string
  scope: BudgetScope
  window: BudgetWindow
  /** The key's or the member's name; null: the account. */
  subjectName: string | null
  askedBy: { id: string; name: string }
  /** The limit when it was asked. */
  limit: string
  askedLimit: string
  reason: string
  state: RequestState
  decidedByName: string | null
  decidedAt: string | null
  note: string | null
  createdAt: string
}

export const requestDto = (row: RequestRow): BudgetRequestDto => ({
  requestId: row.requestId,
  budgetId: row.budgetId,
  scope: row.scope,
  window: row.window,
  subjectName: row.subjectName,
  askedBy: { id: row.askedBy, name: row.askedByName },
  limit: formatMoney(row.limit),
  askedLimit: formatMoney(row.askedLimit),
  reason: row.reason,
  state: row.state,
  decidedByName: row.decidedByName,
  decidedAt: row.decidedAt?.toISOString() ?? null,
  note: row.note,
  createdAt: row.createdAt.toISOString(),
})
