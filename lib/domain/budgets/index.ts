/** Budgets: money limits on usage in a billing month. */
export { getMonth, type MonthDto } from './get-month'
export { previewCap } from './preview-cap'
export { setMonthlyCap } from './set-monthly-cap'
export {
  beginMonth,
  billingZone,
  capHeadroom,
  createMonthlyBudget,
  openMonthlyBudget,
  saveAllAssessed,
  turned,
} from './spend'
export { type BudgetRow, type BudgetState, budgetColumns, budgetJoins, readBudget } from './store'
