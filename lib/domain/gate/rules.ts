/** Whether a request may run or a charge be taken, and why not. Pure: the one decision of the gate. */
import type { RefusalCode } from '@/lib/core/errors'
import { add, atLeastZero, compare, isMore, isUnderOneCent, least, type Money, subtract } from '@/lib/core/money'
import type { RequestRate } from '../rate-limits/rules'

/** A money limit on usage in a period, and what is spent of it. Open holds count besides. */
export interface BudgetFacts {
  name: string
  limit: Money
  spent: Money
  resetsAt: Date
}

/** What an account may still promise in money: credit, and every budget that applies. */
export interface MoneyFacts {
  balance: Money
  held: Money
  budgets: BudgetFacts[]
  isSuspended: boolean
}

/**
 * What the gate knows of an account while it holds the account's lock: every limit that applies to the request. A limit of
 * another kind joins the decision by standing here.
 */
export interface GateFacts extends MoneyFacts {
  rate: RequestRate
}

/** What only words a refusal. */
export interface RefusalContext {
  hasPaymentMethod: boolean
  isTopUpInProgress: boolean
}

export type GateRefusalCode = Extract<
  RefusalCode,
  | 'credits_exhausted'
  | 'payment_method_required'
  | 'budget_reached'
  | 'budget_held'
  | 'credits_held'
  | 'top_up_in_progress'
  | 'account_suspended'
  | 'rate_limited'
>

/** What a budget still lets the account promise. May be negative. */
const leftOf = (budget: BudgetFacts, held: Money): Money => subtract(budget.limit, add(budget.spent, held))

/** The budget with the least left; null when there is none. */
export function strictest({ budgets, held }: MoneyFacts): BudgetFacts | null {
  return budgets.reduce<BudgetFacts | null>(
    (best, budget) => (best && compare(leftOf(best, held), leftOf(budget, held)) <= 0 ? best : budget),
    null,
  )
}

/** What the account may still promise: available credit or what is left of a budget, whichever is less; never negative. */
export function affordable(facts: MoneyFacts): Money {
  const available = subtract(facts.balance, facts.held)
  const budget = strictest(facts)
  return atLeastZero(budget ? least(available, leftOf(budget, facts.held)) : available)
}

/** Whether `amount` fits every limit on money. */
export const fits = (facts: MoneyFacts, amount: Money): boolean =>
  !facts.isSuspended && !isMore(amount, affordable(facts))

/** Whether a new request for `amount` may begin: it fits, and the account's minute has room for it. */
export const mayBegin = (facts: GateFacts, amount: Money): boolean => fits(facts, amount) && facts.rate.remaining > 0

/**
 * Which limit binds, by code (PRODUCT "Using credit" 4). When both the credit and a budget are short, the one with less
 * left is named. A limit that only open holds stand in front of is worth a retry; so is the request rate, which is named when
 * nothing else stands in the way.
 */
export function explainRefusal(facts: GateFacts, amount: Money, context: RefusalContext): GateRefusalCode {
  if (facts.isSuspended) return 'account_suspended'
  if (fits(facts, amount)) return 'rate_limited'
  const available = subtract(facts.balance, facts.held)
  const budget = strictest(facts)
  if (budget) {
    const left = leftOf(budget, facts.held)
    if (isMore(amount, left) && (compare(left, available) <= 0 || !isMore(amount, available))) {
      return isMore(amount, subtract(budget.limit, budget.spent)) ? 'budget_reached' : 'budget_held'
    }
  }
  if (!isMore(amount, facts.balance)) return 'credits_held'
  if (context.isTopUpInProgress) return 'top_up_in_progress'
  if (isUnderOneCent(facts.balance) && !context.hasPaymentMethod) return 'payment_method_required'
  return 'credits_exhausted'
}

/**
 * The part of a charge that neither its hold nor available credit covers: what may take the balance below zero. Only
 * usage that is recorded in full has such a part (a settle above its hold; usage reported after the fact as such).
 */
export function beyondCover(amount: Money, heldForIt: Money, available: Money): Money {
  return atLeastZero(subtract(subtract(amount, heldForIt), atLeastZero(available)))
}
