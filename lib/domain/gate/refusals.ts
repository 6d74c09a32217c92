/** Refusals in words: which limit, and what would help (PRODUCT "Using credit" 4). */
import { Refusal, type RefusalCode } from '@/lib/core/errors'
import { add, displayExact, formatMoney, isPositive, isUnderOneCent, type Money } from '@/lib/core/money'
import { inTransaction, pool } from '@/lib/edges/db'
import { isTopUpInProgress } from '../auto-top-up'
import { notify } from '../notifications'
import { type RequestRate, windowSeconds } from '../rate-limits/rules'
import { type TokenKind, type TokensRefused, tokenKinds, tokenLimitNames } from '../token-limits/rules'
import { LimitReached } from './desk'
import {
  affordable,
  type BudgetFacts,
  bindingBudget,
  explainRefusal,
  type GateFacts,
  type GateRefusalCode,
  withoutHold,
} from './rules'
import { readLatestCredit } from './store'

const holdRetrySeconds = 2
const topUpRetrySeconds = 10

/** Runs a gate verb's question; a limit that it reached is thrown as the refusal that names it. */
export async function worded<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw error instanceof LimitReached ? await refusalFor(error) : error
  }
}

/** The refusal of a limit that was reached. Also tells the customer that usage has paused, when it has. */
export async function refusalFor(limit: LimitReached): Promise<Refusal> {
  const { accountId, amount, facts, state, heldAlready } = limit
  const needed = heldAlready ? add(heldAlready, amount) : amount
  // Of an extension the whole counts: its own hold does not stand in its way.
  const others = heldAlready ? withoutHold(facts, heldAlready) : facts
  const code = explainRefusal(others, needed, {
    hasPaymentMethod: state.hasPaymentMethod,
    isTopUpInProgress: state.isTopUpOn && (await isTopUpInProgress(pool(), accountId)),
  })
  const left = affordable(facts)
  if (isUnderOneCent(left) && lasting.includes(code)) await tellOfPause(limit, code, left)
  const budget = code === 'budget_reached' || code === 'budget_held' ? bindingBudget(others, needed) : null
  const most = heldAlready ? add(heldAlready, left) : left
  const words = {
    creditLimit: isPositive(facts.creditLimit) ? displayExact(facts.creditLimit) : null,
    needed: displayExact(needed),
    most: displayExact(most),
    budget,
    rate: facts.rate,
    tokens: rateReached(facts),
  }
  const message = sentences[code](words)
  return new Refusal(code, {
    // A request that asks for more is running, and will be charged.
    message: heldAlready ? message.replace('Nothing was charged.', 'The hold stays as it was.') : message,
    account_id: accountId,
    required: formatMoney(needed),
    max_affordable: formatMoney(most),
    currency: amount.currency,
    ...(isPositive(facts.creditLimit) ? { credit_limit: formatMoney(facts.creditLimit) } : {}),
    ...(budget ? budgetFacts(budget) : {}),
    ...(code === 'credits_held' || code === 'budget_held' ? { retry_after_seconds: holdRetrySeconds } : {}),
    ...(code === 'top_up_in_progress' ? { retry_after_seconds: topUpRetrySeconds } : {}),
    ...(code === 'rate_limited' ? { retry_after_seconds: facts.rate.resetSeconds } : {}),
    ...(code === 'rate_limited' || code === 'request_too_large' ? { limit_reached: reachedFacts(facts) } : {}),
    rate_limit: rateFacts(facts.rate),
  })
}

/** For the headers of an answer: the request limit, and the token limits of the model. */
const rateFacts = ({ limit, remaining, resetSeconds, tokens }: RequestRate) => ({
  limit,
  remaining,
  reset_seconds: resetSeconds,
  ...(tokens && {
    tokens: Object.fromEntries(tokenKinds.map((kind) => [tokenLimitNames[kind], tokens[kind]])),
  }),
})

/** The token limit that stands in the way; null when it is the request limit. What can never fit goes first. */
const rateReached = ({ rate, tokens = null }: GateFacts): TokensRefused | null =>
  tokens && (tokens.isTooLarge || rate.remaining > 0) ? tokens : null

/** Which rate limit stands in the way, and how it stands. */
function reachedFacts(facts: GateFacts) {
  const { rate } = facts
  const tokens = rateReached(facts)
  return {
    name: tokens ? tokenLimitNames[tokens.kind] : 'requests',
    ...(tokens && { model: rate.tokens?.model, requested: tokens.asked }),
    limit: tokens?.limit ?? rate.limit,
    remaining: tokens?.remaining ?? rate.remaining,
    reset_seconds: rate.resetSeconds,
    window_seconds: windowSeconds,
  }
}

/** Which budget binds, and how it stands. A lifetime never begins anew. */
const budgetFacts = ({ scope, window, subjectId, subjectName, limit, spent, resetsAt }: BudgetFacts) => ({
  budget: { scope, window, subject_id: subjectId, subject_name: subjectName },
  limit: formatMoney(limit),
  spent: formatMoney(spent),
  resets_at: window === 'lifetime' ? null : resetsAt.toISOString(),
})

/** "the monthly budget cap", "the daily budget of the API key CI". */
function nameOf({ scope, window, subjectName }: BudgetFacts): string {
  if (scope === 'account') return 'the monthly budget cap'
  const whose = scope === 'key' ? 'the API key' : 'the member'
  return `the ${window} budget of ${subjectName === null ? whose : `${whose} ${subjectName}`}`
}

/** How a budget comes to leave more. */
const untilReset = ({ scope, window, resetsAt }: BudgetFacts): string => {
  const raise = scope === 'account' ? 'Raise the cap' : 'Ask for a higher one'
  return window === 'lifetime' ? `${raise}.` : `${raise}, or wait until it resets at ${resetsAt.toISOString()}.`
}

interface Words {
  /** Null: prepaid. */
  creditLimit: string | null
  needed: string
  most: string
  budget: BudgetFacts | null
  rate: RequestRate
  tokens: TokensRefused | null
}

const tokenWords: Record<TokenKind, string> = {
  prompt: 'prompt tokens',
  uncached: 'uncached prompt tokens',
  generated: 'generated tokens',
}

const sentences: Record<GateRefusalCode, (words: Words) => string> = {
  credits_exhausted: ({ needed, most, creditLimit }) =>
    creditLimit
      ? `The request may cost ${needed}, and ${most} is left of the credit limit of ${creditLimit} that the contract allows. Nothing was charged. Pay what is outstanding, add credits, or ask the operator of this platform for a higher limit.`
      : `The request may cost ${needed} and the account can pay ${most}. Nothing was charged. Add credits, or send a request that costs less.`,
  payment_method_required: () =>
    'Credit is used up and the account has no payment method. Nothing was charged. Buy credits, or add a payment method with auto top-up; usage resumes as soon as there is credit.',
  budget_reached: ({ needed, most, budget }) =>
    `The request may cost ${needed} and ${nameOf(budget!)} leaves ${most}. Nothing was charged. ${untilReset(budget!)}`,
  budget_held: ({ needed, budget }) =>
    `The request may cost ${needed}, and other running requests hold the rest of ${nameOf(budget!)}. Nothing was charged. Retry in a moment.`,
  credits_held: ({ needed }) =>
    `The request may cost ${needed}, and other running requests hold the rest of the credit. Nothing was charged. Retry in a moment.`,
  top_up_in_progress: () =>
    'Credit is used up and an automatic top-up is under way. Nothing was charged. Retry in a moment.',
  payment_past_due: () =>
    'An invoice was not paid in time, so usage is paused. Nothing was charged. Pay it on the Invoices page; usage resumes by itself as soon as it is paid.',
  account_suspended: () =>
    'The account is suspended by the operator. Nothing was charged. Ask the operator of this platform for help.',
  rate_limited: ({ rate, tokens }) =>
    tokens
      ? `The request may use ${tokens.asked} ${tokenWords[tokens.kind]} of ${rate.tokens?.model}; the account's limit is ${tokens.limit} a minute, and ${tokens.remaining} are left. Nothing was charged. Retry in ${rate.resetSeconds} seconds.`
      : `The account may begin ${rate.limit} requests a minute and has begun them. Nothing was charged. Retry in ${rate.resetSeconds} seconds.`,
  request_too_large: ({ rate, tokens }) =>
    `The request may use ${tokens?.asked} ${tokens && tokenWords[tokens.kind]} of ${rate.tokens?.model}, and the account's whole limit is ${tokens?.limit} a minute: a retry does not help. Nothing was charged. Send at most ${tokens?.limit}, or ask for a higher limit on the Limits page.`,
}

const lasting: RefusalCode[] = ['credits_exhausted', 'payment_method_required']

/** Accounts of which this process has told already, with their latest transfer: while nothing moves there is no news. */
const told = new Map<string, bigint>()
const mostTold = 10_000

/**
 * Tells the customer, once since credit was last added, that credit is used up and requests are being refused. A refusal itself
 * leaves no trace in the books; this runs after it, in a transaction of its own.
 */
async function tellOfPause(limit: LimitReached, code: RefusalCode, left: Money): Promise<void> {
  const { accountId, amount, lastSeq } = limit
  if (told.get(accountId) === lastSeq) return
  await inTransaction(async (tx) => {
    await notify(tx, {
      accountId,
      kind: 'usage_paused',
      cause: `credit:${await readLatestCredit(tx, accountId)}`,
      facts: {
        code,
        required: formatMoney(amount),
        max_affordable: formatMoney(left),
        creditLimit: isPositive(limit.facts.creditLimit) ? formatMoney(limit.facts.creditLimit) : null,
      },
      at: limit.at,
    })
  })
  if (told.size >= mostTold) told.clear()
  told.set(accountId, lastSeq)
}
