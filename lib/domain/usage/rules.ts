/** Whether a request may run or a charge be taken, and why not. Pure: the one decision of the gate. */
import type { RefusalCode } from '@/lib/core/errors'
import { add, atLeastZero, compare, isMore, isUnderOneCent, least, type Money, subtract } from '@/lib/core/money'

/** What the gate knows of an account while it holds the account's lock. */
export interface GateFacts {
  balance: Money
  held: Money
  /** The monthly budget cap and what is spent of it; null when there is none. */
  cap: { limit: Money; spent: Money } | null
  isSuspended: boolean
}

/** What is looked up only to word a refusal. */
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
>

/** What the account may still promise: available credit or what is left of the cap, whichever is less; never negative. */
export function affordable(facts: GateFacts): Money {
  const available = subtract(facts.balance, facts.held)
  const { cap } = facts
  const left = cap ? least(available, subtract(cap.limit, add(cap.spent, facts.held))) : available
  return atLeastZero(left)
}

/** Whether `amount` fits every limit that applies. */
export const fits = (facts: GateFacts, amount: Money): boolean =>
  !facts.isSuspended && !isMore(amount, affordable(facts))

/**
 * Which limit binds, by code (PRODUCT "Using credit" 4). When both the credit and the cap are short, the one with less
 * left is named. A limit that only open holds stand in front of is worth a retry.
 */
export function explainRefusal(facts: GateFacts, amount: Money, context: RefusalContext): GateRefusalCode {
  if (facts.isSuspended) return 'account_suspended'
  const available = subtract(facts.balance, facts.held)
  if (facts.cap) {
    const unspent = subtract(facts.cap.limit, facts.cap.spent)
    const left = subtract(unspent, facts.held)
    if (isMore(amount, left) && (compare(left, available) <= 0 || !isMore(amount, available))) {
      return isMore(amount, unspent) ? 'budget_reached' : 'budget_held'
    }
  }
  if (!isMore(amount, facts.balance)) return 'credits_held'
  if (context.isTopUpInProgress) return 'top_up_in_progress'
  if (isUnderOneCent(facts.balance) && !context.hasPaymentMethod) return 'payment_method_required'
  return 'credits_exhausted'
}

/** The facts after `amount` was spent. */
export const afterSpending = (facts: GateFacts, amount: Money): GateFacts => ({
  ...facts,
  balance: subtract(facts.balance, amount),
  cap: facts.cap && { ...facts.cap, spent: add(facts.cap.spent, amount) },
})

/**
 * The part of a charge that neither its hold nor available credit covers: what may take the balance below zero. Only
 * usage that is recorded in full has such a part (a settle above its hold; usage reported after the fact as such).
 */
export function beyondCover(amount: Money, heldForIt: Money, available: Money): Money {
  return atLeastZero(subtract(subtract(amount, heldForIt), atLeastZero(available)))
}
