/** What state an account is in, why, and what would help. Pure; also runs in the browser. */
import {
  add,
  atLeastZero,
  cents,
  compare,
  displayMoney,
  isLess,
  isNegative,
  isPositive,
  isUnderOneCent,
  isZero,
  type Money,
  negate,
  percentSpent,
  subtract,
} from '@/lib/core/money'

export const longestName = 100

/** Accounts that one person may own. */
export const mostOwnedAccounts = 20

export type StateCode =
  | 'credits_exhausted'
  | 'payment_method_required'
  | 'payment_past_due'
  | 'budget_reached'
  | 'account_suspended'
export type NextStep = 'buy_credits' | 'add_payment_method' | 'raise_cap' | 'pay_invoice'
export type WarningCode =
  | 'budget_nearly_reached'
  | 'top_up_paused'
  | 'top_up_needs_you'
  | 'payment_disputed'
  | 'invoice_needs_you'
  | 'invoice_past_due'
  | 'credit_limit_near'
  | 'balance_low'

export interface StandingFacts {
  suspendedAt: Date | null
  balance: Money
  held: Money
  /** As far as usage may go beyond credit, by contract; zero: prepaid. */
  creditLimit: Money
  /** Usage is paused because an invoice was not paid. */
  isPausedForPayment: boolean
  /** Of the invoices that wait for payment: one is past due, or its payment failed or waits for the customer. */
  isInvoicePastDue: boolean
  hasInvoiceProblem: boolean
  hasPaymentMethod: boolean
  /** Below zero because a refund or a chargeback took credit back after the last purchase. */
  isTakenBackDebt: boolean
  /** Credit that waits for a bank's decision about a disputed payment. */
  frozen: Money
  month: { period: string; endsAt: Date; timeZone: string; spent: Money; limit: Money | null; warnAtPercent: number[] }
  autoTopUp: { isOn: boolean; state: string; isInProgress: boolean }
}

export interface AccountState {
  kind: 'active' | 'paused' | 'suspended'
  code: StateCode | null
  title: string
  detail: string
  action: NextStep | null
}

export interface AccountWarning {
  code: WarningCode
  title: string
  detail: string
  action: NextStep | null
}

/**
 * Whether usage runs, and if not, why and what would help (PRODUCT "Using credit" 6). Credit that running requests hold is
 * not used up: with all of it held the account is active, and the gate asks newcomers to wait.
 */
export function decideState(facts: StandingFacts): AccountState {
  const { month, balance } = facts
  if (facts.suspendedAt) {
    return {
      kind: 'suspended',
      code: 'account_suspended',
      title: 'Suspended by the operator',
      detail:
        'Usage is stopped and nothing is charged. Your credit stays yours. Ask the operator of this platform for help.',
      action: null,
    }
  }
  if (facts.isPausedForPayment) {
    return {
      kind: 'paused',
      code: 'payment_past_due',
      title: 'Paused: an invoice is not paid',
      detail:
        'New requests are refused, and nothing more is charged. Usage resumes by itself as soon as the invoice is paid.',
      action: 'pay_invoice',
    }
  }
  if (month.limit && compare(month.spent, month.limit) >= 0) {
    return {
      kind: 'paused',
      code: 'budget_reached',
      title: 'Paused: monthly budget cap reached',
      detail: `${displayMoney(month.spent)} of the ${displayMoney(month.limit)} cap is spent in ${monthName(month.period)}. Your credit is untouched. Usage resumes when you raise the cap, or by itself on ${instant(month.endsAt, month.timeZone)}.`,
      action: 'raise_cap',
    }
  }
  if (isUnderOneCent(add(balance, facts.creditLimit))) return outOfCredit(facts)
  return { kind: 'active', code: null, title: 'Active', detail: 'Usage is running.', action: null }
}

function outOfCredit(facts: StandingFacts): AccountState {
  const { balance, frozen, hasPaymentMethod, autoTopUp, creditLimit } = facts
  if (isPositive(creditLimit)) {
    return {
      kind: 'paused',
      code: 'credits_exhausted',
      title: 'Paused: the credit limit is used up',
      detail: `${displayMoney(negate(balance))} is outstanding, and your contract allows ${displayMoney(creditLimit)}. Nothing more is charged. Usage resumes when you pay an invoice or add credits: credit pays what is outstanding first.`,
      action: 'buy_credits',
    }
  }
  if (facts.isTakenBackDebt) return owesTakenBack(facts)
  const beyond = isNegative(balance)
    ? ` Usage went ${displayMoney(negate(balance))} beyond your credit; the next credit pays that first.`
    : ''
  const waiting = isPositive(frozen)
    ? ` ${displayMoney(frozen)} of credit is frozen while the bank decides about a disputed payment.`
    : ''
  const owed = `${beyond}${waiting}`
  if (!hasPaymentMethod) {
    return {
      kind: 'suspended',
      code: 'payment_method_required',
      title: 'Suspended: credit is used up',
      detail: `Usage is stopped and nothing more is charged.${owed} Buy credits, or add a payment method, to go on.`,
      action: 'add_payment_method',
    }
  }
  return {
    kind: 'paused',
    code: 'credits_exhausted',
    title: 'Paused: credits used up',
    detail: autoTopUp.isInProgress
      ? `Auto top-up is buying credit now.${owed} Usage resumes as soon as it is paid.`
      : `Nothing more is charged.${owed} Usage resumes when you add credits.`,
    action: 'buy_credits',
  }
}

/** A refund or a chargeback took back credit that had been used. Only a purchase by hand heals that: no card is charged for it. */
function owesTakenBack({ balance, hasPaymentMethod }: StandingFacts): AccountState {
  return {
    kind: hasPaymentMethod ? 'paused' : 'suspended',
    code: hasPaymentMethod ? 'credits_exhausted' : 'payment_method_required',
    title: 'Paused: credit was taken back',
    detail: `Money of a purchase was returned, and part of its credit had been used already: the balance is ${displayMoney(negate(balance))} below zero. No card is charged for that by itself. The next credit you buy pays it first, and usage resumes at once.`,
    action: 'buy_credits',
  }
}

/** Below this, and without auto top-up, a customer is told that credit runs out: as much as the signup credit. */
const lowBalance = cents(100)

/** From this part of the credit limit on, a post-paid customer is told. */
const nearPercent = 80

/** What is about to stop usage; the most pressing thing alone. */
export function decideWarning(facts: StandingFacts): AccountWarning | null {
  const { month, balance, held, frozen, autoTopUp, creditLimit } = facts
  const isPrepaid = isZero(creditLimit)
  if (facts.hasInvoiceProblem) {
    return {
      code: 'invoice_needs_you',
      title: 'The payment of an invoice needs you',
      detail:
        'Your bank declined it or asks you to confirm it, and you have not been charged. Open the invoice: it says what to do.',
      action: 'pay_invoice',
    }
  }
  if (facts.isInvoicePastDue) {
    return {
      code: 'invoice_past_due',
      title: 'An invoice is past due',
      detail: 'Usage goes on for now. If the invoice stays unpaid, usage pauses until it is paid.',
      action: 'pay_invoice',
    }
  }
  if (isPrepaid && autoTopUp.state === 'needs_you') {
    return {
      code: 'top_up_needs_you',
      title: 'Auto top-up needs you',
      detail:
        'Your bank asks you to confirm the payment. Nothing is charged until you do. Open the attempt on the Credits page, or buy credits yourself.',
      action: 'buy_credits',
    }
  }
  if (isPrepaid && autoTopUp.state === 'paused') {
    return {
      code: 'top_up_paused',
      title: 'Auto top-up is paused',
      detail:
        'Its last payment did not go through, and nothing was charged. Usage goes on while there is credit. Use another card, buy credits or resume it.',
      action: 'buy_credits',
    }
  }
  if (isPositive(frozen)) {
    return {
      code: 'payment_disputed',
      title: `${displayMoney(frozen)} of credit is frozen`,
      detail:
        'A payment is disputed, and what is left of its credit waits for the bank. Usage goes on with your other credit. If you know the payment, ask your bank to withdraw the dispute.',
      action: null,
    }
  }
  const percent = month.limit && percentSpent(month.limit, month.spent)
  if (month.limit && percent !== null && month.warnAtPercent.some((threshold) => percent >= threshold)) {
    return {
      code: 'budget_nearly_reached',
      title: `${percent}% of the monthly budget cap is used`,
      detail: `${displayMoney(month.spent)} of ${displayMoney(month.limit)} is spent in ${monthName(month.period)}. At 100% usage pauses until ${instant(month.endsAt, month.timeZone)} or until you raise the cap.`,
      action: 'raise_cap',
    }
  }
  const limitUsed = isPrepaid ? null : percentSpent(creditLimit, atLeastZero(subtract(held, balance)))
  if (limitUsed !== null && limitUsed >= nearPercent) {
    return {
      code: 'credit_limit_near',
      title: `${limitUsed}% of the credit limit is used`,
      detail: `Your contract allows ${displayMoney(creditLimit)} beyond your credit. At 100% usage pauses until you pay an invoice or add credits. The operator of this platform can raise the limit.`,
      action: 'buy_credits',
    }
  }
  const available = atLeastZero(subtract(balance, held))
  if (isPrepaid && !autoTopUp.isOn && isLess(available, lowBalance)) {
    return {
      code: 'balance_low',
      title: `${displayMoney(available)} of credit left`,
      detail: 'Usage pauses when it is used up. Buy credits, or turn auto top-up on.',
      action: 'buy_credits',
    }
  }
  return null
}

const monthName = (period: string): string =>
  new Intl.DateTimeFormat('en-US', { month: 'long', timeZone: 'UTC' }).format(new Date(`${period}-01T00:00:00Z`))

const instant = (at: Date, timeZone: string): string =>
  `${new Intl.DateTimeFormat('en-US', { month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).format(at)} (${timeZone})`
