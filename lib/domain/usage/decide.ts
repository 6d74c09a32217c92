import { Refusal, type RefusalCode } from '@/lib/core/errors'
import { displayExact, formatMoney, isUnderOneCent, type Money, parseMoney } from '@/lib/core/money'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { isTopUpInProgress } from '../auto-top-up'
import { type BudgetState, openMonthlyBudget } from '../budgets'
import { type AccountBook, openBook } from '../ledger'
import { notify } from '../notifications'
import { hasPaymentMethod } from '../payment-methods'
import { affordable, explainRefusal, type GateFacts, type GateRefusalCode } from './rules'
import { readIsSuspended, readLatestCredit } from './store'

/** An account as the gate sees it: its book and month, locked until the transaction ends. */
export interface LockedAccount {
  book: AccountBook
  budget: BudgetState
  isSuspended: boolean
  /** The instant of the decision: never before the month it counts in, also when another request turned the month first. */
  at: Date
}

/**
 * Locks an account for a decision. The statements are sent together: the first takes the lock, the others see what its last
 * holder wrote. @throws Refusal `not_found`
 */
export async function lockAccount(tx: Tx, accountId: string, at: Date): Promise<LockedAccount> {
  const [book, budget, isSuspended] = await Promise.all([
    openBook(tx, accountId),
    openMonthlyBudget(tx, accountId, at),
    readIsSuspended(tx, accountId),
  ])
  return { book, budget, isSuspended, at: at < budget.startsAt ? budget.startsAt : at }
}

/** The facts of this moment: the book and the budget may have changed since the lock. */
export const factsOf = ({ book, budget, isSuspended }: LockedAccount): GateFacts => ({
  balance: book.balance,
  held: book.held,
  cap: budget.limit && { limit: budget.limit, spent: budget.spent },
  isSuspended,
})

const holdRetrySeconds = 2
const topUpRetrySeconds = 10

/** The refusal for an amount that does not fit: the limit by code, and what would help (PRODUCT "Using credit" 4). */
export async function refusalFor(
  tx: Tx,
  account: LockedAccount,
  amount: Money,
  facts: GateFacts = factsOf(account),
): Promise<Refusal> {
  const accountId = account.book.accountId
  const code = explainRefusal(facts, amount, {
    hasPaymentMethod: await hasPaymentMethod(tx, accountId),
    isTopUpInProgress: await isTopUpInProgress(tx, accountId),
  })
  const most = affordable(facts)
  const resetsAt = account.budget.endsAt.toISOString()
  return new Refusal(code, {
    message: sentences[code]({ needed: displayExact(amount), most: displayExact(most), resetsAt }),
    account_id: accountId,
    required: formatMoney(amount),
    max_affordable: formatMoney(most),
    currency: amount.currency,
    ...(code === 'budget_reached' || code === 'budget_held'
      ? { budget: 'monthly_budget_cap', budget_limit: facts.cap && formatMoney(facts.cap.limit), resets_at: resetsAt }
      : {}),
    ...(code === 'credits_held' || code === 'budget_held' ? { retry_after_seconds: holdRetrySeconds } : {}),
    ...(code === 'top_up_in_progress' ? { retry_after_seconds: topUpRetrySeconds } : {}),
  })
}

const sentences: Record<GateRefusalCode, (facts: { needed: string; most: string; resetsAt: string }) => string> = {
  credits_exhausted: ({ needed, most }) =>
    `The request may cost ${needed} and the account can pay ${most}. Nothing was charged. Add credits, or send a request that costs less.`,
  payment_method_required: () =>
    'The free credit is used up and the account has no payment method. Nothing was charged. Add a payment method or buy credits; usage resumes by itself.',
  budget_reached: ({ needed, most, resetsAt }) =>
    `The request may cost ${needed} and the monthly budget cap leaves ${most}. Nothing was charged. Raise the cap, or wait until it resets at ${resetsAt}.`,
  budget_held: ({ needed }) =>
    `The request may cost ${needed}, and other running requests hold the rest of the monthly budget cap. Nothing was charged. Retry in a moment.`,
  credits_held: ({ needed }) =>
    `The request may cost ${needed}, and other running requests hold the rest of the credit. Nothing was charged. Retry in a moment.`,
  top_up_in_progress: () =>
    'Credit is used up and an automatic top-up is under way. Nothing was charged. Retry in a moment.',
  account_suspended: () =>
    'The account is suspended by the operator. Nothing was charged. Ask the operator of this platform for help.',
}

const lasting: RefusalCode[] = ['credits_exhausted', 'payment_method_required']

/**
 * Tells the customer, once since credit was last added, that credit is used up and requests are being refused. A refusal itself leaves no
 * trace in the books; this runs after it, in a transaction of its own.
 */
export async function tellOfPause(accountId: string, refusal: Refusal, at: Date): Promise<void> {
  // A request that is merely too big for the credit that is left pauses nothing.
  const isUsedUp = isUnderOneCent(parseMoney(String(refusal.facts.max_affordable ?? '0')))
  if (!lasting.includes(refusal.code) || !isUsedUp) return
  await inTransaction(async (tx) => {
    await notify(tx, {
      accountId,
      kind: 'usage_paused',
      cause: `credit:${await readLatestCredit(tx, accountId)}`,
      facts: { code: refusal.code, required: refusal.facts.required, max_affordable: refusal.facts.max_affordable },
      at,
    })
  })
}
