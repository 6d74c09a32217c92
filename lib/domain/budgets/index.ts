/** Budgets: money limits on the usage of the account, a key or a member, by the day, the week, the month or for life. */
export { askForMore, decideRequest, withdrawRequest } from './budget-requests'
export type { BudgetDto, BudgetRequestDto } from './dto'
export { getMonth, type MonthDto } from './get-month'
export { accountBudgets, listBudgetRequests, listBudgets } from './list-budgets'
export { parseLimit } from './parse-limit'
export { removeBudget } from './remove-budget'
export { type BudgetInput, setAudited as setBudgetAudited, setBudget } from './set-budget'
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
export {
  type BudgetRow,
  type BudgetState,
  budgetColumns,
  budgetJoins,
  latestPeriodJoin,
  readBudget,
  saveHeld,
} from './store'
export { watchCaps } from './tell-resumed'
