/** Budgets: money limits on usage in a billing month. */
export { getMonth, type MonthDto } from './get-month'
export { previewCap } from './preview-cap'
export { setMonthlyCap } from './set-monthly-cap'
export { capHeadroom, createMonthlyBudget, openMonthlyBudget, recordSpend } from './spend'
export type { BudgetState } from './store'
