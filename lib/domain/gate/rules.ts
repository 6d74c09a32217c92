/** Whether a request may run or a charge be taken, and why not. Pure: the one decision of the gate. */
import type { RefusalCode } from '@/lib/core/errors'
import {
  add,
  atLeastZero,
  compare,
  isMore,
  isUnderOneCent,
  isZero,
  least,
  type Money,
  subtract,
} from '@/lib/core/money'
import type { BudgetScope, BudgetWindow } from '../budgets/rules'
import type { RequestRate } from '../rate-limits/rules'
import type { TokensRefused } from '../token-limits/rules'

/** A money limit on usage in a period: what is spent of it, and what open holds may yet spend. */
export interface BudgetFacts {
  /** Whose it is. The account's own monthly one is the monthly budget cap. */
  scope: BudgetScope
  window: BudgetWindow
  /** The key or the user; null: the account. */
  subjectId: string | null
  subjectName: string | null
  limit: Money
  spent: Money
  held: Money
  resetsAt: Date
}

/** What an account may still promise in money: credit, and every budget that applies, its own, the key's and the member's. */
export interface MoneyFacts {
  balance: Money
  held: Money
  budgets: BudgetFacts[]
  isSuspended: boolean
  /** Usage is paused until an invoice is paid. */
  isPaymentPaused: boolean
  /** How far usage may go beyond credit; nothing for prepaid. */
  creditLimit: Money
}

/**
 * What the gate knows of an account while it holds the account's lock: every limit that applies to the request. A limit of
 * another kind joins the decision by standing here.
 */
export interface GateFacts extends MoneyFacts {
  rate: RequestRate
  /** The token limit of its model that the request does not fit. */
  tokens?: TokensRefused | null
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
  | 'payment_past_due'
  | 'rate_limited'
  | 'request_too_large'
>

/** What a budget still lets its subject promise. May be negative. */
const leftOf = ({ limit, spent, held }: BudgetFacts): Money => subtract(limit, add(spent, held))

/** What would be left of it without the open holds. */
const unspentOf = ({ limit, spent }: BudgetFacts): Money => subtract(limit, spent)

/** The budget with the least by some measure; null when there is none. Of equals the first. */
const leastBy = (budgets: BudgetFacts[], measure: (budget: BudgetFacts) => Money): BudgetFacts | null =>
  budgets.reduce<BudgetFacts | null>(
    (best, budget) => (best && compare(measure(best), measure(budget)) <= 0 ? best : budget),
    null,
  )

/**
 * The budget that stands in the way of `amount`; null when none does. One that is reached goes before one that open holds alone
 * stand in front of: a retry would not help. Among its like, the strictest: the one with the least left.
 */
export function bindingBudget({ budgets }: MoneyFacts, amount: Money): BudgetFacts | null {
  const reached = budgets.filter((budget) => isMore(amount, unspentOf(budget)))
  if (reached.length > 0) return leastBy(reached, unspentOf)
  return leastBy(
    budgets.filter((budget) => isMore(amount, leftOf(budget))),
    leftOf,
  )
}

/** What credit and the credit limit together still let the account promise (PRODUCT "Post-paid"). May be negative. */
const promisable = ({ balance, held, creditLimit }: MoneyFacts): Money => add(subtract(balance, held), creditLimit)

/** What the account may still promise: that, or what is left of a budget, whichever is least; never negative. */
export const affordable = (facts: MoneyFacts): Money =>
  atLeastZero(facts.budgets.reduce((most, budget) => least(most, leftOf(budget)), promisable(facts)))

/** The same limits as they stand for a hold of `held` that is part of them: it does not stand in its own way. */
export const withoutHold = <Facts extends MoneyFacts>(facts: Facts, held: Money): Facts => ({
  ...facts,
  held: subtract(facts.held, held),
  budgets: facts.budgets.map((budget) => ({ ...budget, held: subtract(budget.held, held) })),
})

/** Whether `amount` fits every limit on money. */
export const fits = (facts: MoneyFacts, amount: Money): boolean =>
  !facts.isSuspended && !facts.isPaymentPaused && !isMore(amount, affordable(facts))

/** Whether a new request for `amount` may begin: it fits, and the account's minute has room for it and for its tokens. */
export const mayBegin = (facts: GateFacts, amount: Money): boolean =>
  fits(facts, amount) && facts.rate.remaining > 0 && !facts.tokens

/**
 * Which limit binds, by code (PRODUCT "Using credit" 4). When both the credit and a budget are short, the one with less
 * left is named. A limit that only open holds stand in front of is worth a retry; so is a rate, which is named when nothing else
 * stands in the way, unless the request alone is larger than the whole limit.
 */
export function explainRefusal(facts: GateFacts, amount: Money, context: RefusalContext): GateRefusalCode {
  if (facts.isSuspended) return 'account_suspended'
  if (facts.isPaymentPaused) return 'payment_past_due'
  if (fits(facts, amount)) return facts.tokens?.isTooLarge ? 'request_too_large' : 'rate_limited'
  const available = promisable(facts)
  const budget = bindingBudget(facts, amount)
  if (budget && (compare(leftOf(budget), available) <= 0 || !isMore(amount, available))) {
    return isMore(amount, unspentOf(budget)) ? 'budget_reached' : 'budget_held'
  }
  if (!isMore(amount, add(facts.balance, facts.creditLimit))) return 'credits_held'
  if (context.isTopUpInProgress) return 'top_up_in_progress'
  const isPrepaid = isZero(facts.creditLimit)
  if (isPrepaid && isUnderOneCent(facts.balance) && !context.hasPaymentMethod) return 'payment_method_required'
  return 'credits_exhausted'
}

/**
 * The part of a charge that neither its hold nor what may still be promised covers: what may take the balance below zero, or
 * below the credit limit. Only usage that is recorded in full has such a part (a settle above its hold; usage reported after the
 * fact as such).
 */
export function beyondCover(amount: Money, heldForIt: Money, available: Money): Money {
  return atLeastZero(subtract(subtract(amount, heldForIt), atLeastZero(available)))
}
