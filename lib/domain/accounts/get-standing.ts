import type { Actor } from '@/lib/core/actor'
import { invariant } from '@/lib/core/errors'
import { formatMoney, isNegative, parseMoney } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { isTopUpInProgress, readTopUpState } from '../auto-top-up'
import type { TopUpState } from '../auto-top-up/rules'
import { getMonth, type MonthDto } from '../budgets'
import { frozenCredit } from '../disputes'
import { readBalance } from '../ledger'
import { requireRole } from '../members'
import { hasPaymentMethod } from '../payment-methods'
import { hasTakenBackDebt } from '../refunds'
import { type AccountState, type AccountWarning, decideState, decideWarning } from './rules'
import { readAccount } from './store'

export interface StandingDto {
  accountId: string
  accountName: string
  currency: string
  balance: string
  held: string
  available: string
  /** As far as usage may go beyond credit, by contract; "0.00": prepaid. */
  creditLimit: string
  /** Credit of disputed payments that waits for a bank's decision; the balance is without it. */
  frozen: string
  state: AccountState
  /** Why it is below zero, and whether credit is being bought: what the words about the state depend on. */
  isTakenBackDebt: boolean
  isTopUpInProgress: boolean
  /** What is about to stop usage; null when nothing is, or when it has stopped. */
  warning: AccountWarning | null
  month: MonthDto
  autoTopUp: { isOn: boolean; state: TopUpState }
  timeZone: string
  asOf: string
}

/** Where the account stands: its credit, whether usage runs and if not why, and the month. The figures of one moment. */
export async function getStanding(actor: Actor, { accountId }: { accountId: string }): Promise<StandingDto> {
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const [account, { balance, held, available }, month, topUpState, isInProgress, hasCard] = await Promise.all([
    readAccount(accountId, at),
    readBalance(pool(), accountId),
    getMonth(actor, { accountId }),
    readTopUpState(pool(), accountId, at),
    isTopUpInProgress(pool(), accountId),
    hasPaymentMethod(pool(), accountId),
  ])
  invariant(account, 'an account with a member exists')
  const frozen = await frozenCredit(pool(), accountId, account.currency)

  const isOn = topUpState !== 'off'
  const facts = {
    suspendedAt: account.suspendedAt,
    balance,
    held,
    creditLimit: account.creditLimit,
    isPausedForPayment: account.paymentPausedAt !== null,
    isInvoicePastDue: account.isInvoicePastDue,
    hasInvoiceProblem: account.hasInvoiceProblem,
    hasPaymentMethod: hasCard,
    isTakenBackDebt: isNegative(balance) && (await hasTakenBackDebt(pool(), accountId)),
    frozen,
    month: {
      period: month.period,
      endsAt: new Date(month.endsAt),
      timeZone: month.timeZone,
      spent: parseMoney(month.spent, 'spent', account.currency),
      limit: month.limit === null ? null : parseMoney(month.limit, 'limit', account.currency),
      warnAtPercent: month.warnAtPercent,
    },
    autoTopUp: { isOn, state: topUpState, isInProgress },
  }
  const state = decideState(facts)
  return {
    accountId,
    accountName: account.name,
    currency: account.currency,
    balance: formatMoney(balance),
    held: formatMoney(held),
    available: formatMoney(available),
    creditLimit: formatMoney(account.creditLimit),
    frozen: formatMoney(frozen),
    state,
    isTakenBackDebt: facts.isTakenBackDebt,
    isTopUpInProgress: isInProgress,
    warning: state.kind === 'active' ? decideWarning(facts) : null,
    month,
    autoTopUp: { isOn, state: topUpState },
    timeZone: month.timeZone,
    asOf: at.toISOString(),
  }
}
