import type { BudgetWindow } from '@/lib/domain/budgets/rules'

/** A budget as it is typed. */
export interface BudgetDraft {
  window: BudgetWindow
  limit: string
}

export const emptyDraft: BudgetDraft = { window: 'monthly', limit: '' }
