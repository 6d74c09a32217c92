import type { Actor } from '@/lib/core/actor'
import { atLeastZero, cents, formatMoney, parseMoney, subtract } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { pool, type Tx } from '@/lib/edges/db'
import { getMonth, type MonthDto } from '../budgets'
import { leftOfLimit } from '../budgets/rules'
import { readBalance } from '../ledger'
import { requireRole } from '../members'
import { gatherFacts } from './facts'
import {
  cleared,
  decideTopUp,
  type PauseReason,
  type SkipReason,
  stateOf,
  type TopUpMode,
  type TopUpSetting,
  type TopUpState,
} from './rules'
import { type Attempt, isOpen, readActivity, readSetting } from './store'
import { outcomeText, stateText, waitingText, whyText } from './words'

/** Auto top-up as the dashboard shows it. Amounts are decimal strings, instants ISO strings. */
export interface AutoTopUpDto {
  setting: {
    isOn: boolean
    minimum: string
    mode: TopUpMode
    amount: string
    target: string
    monthlyLimit: string | null
  }
  state: TopUpState
  stateText: string
  /** What `stateText` says, as codes and facts. */
  pausedReason: PauseReason | null
  declinesInARow: number
  /** The payment that the bank asks the customer to confirm. */
  confirming: string | null
  /** Why nothing is bought although credit is low, as a sentence and as a code; null when there is nothing to explain. */
  waitingText: string | null
  waitingBecause: SkipReason | null
  coolingUntil: string | null
  /** Bought automatically in this billing month, charges in flight included. */
  spentThisMonth: string
  /** What is left of the monthly limit; null without a limit. */
  leftThisMonth: string | null
  attempts: AttemptDto[]
}

/** One line of the timeline. */
export interface AttemptDto {
  attemptId: string
  purchaseId: string
  state: Attempt['state']
  amount: string
  /** Why it ran. */
  whyText: string
  /** What came of it. */
  outcomeText: string
  /** What both say, as facts: the credit that was left, the provider's own words, and whether a bank was asked. */
  available: string
  minimum: string
  message: string | null
  isBankAsked: boolean
  card: { brand: string; last4: string } | null
  /** Where the customer confirms the payment with the bank; null when there is nothing to confirm. */
  recoveryUrl: string | null
  receiptUrl: string | null
  createdAt: string
  closedAt: string | null
}

const timelineLength = 50

/** What a customer who never saved a setting finds in the form. */
const initialSetting: TopUpSetting = {
  isOn: false,
  minimum: cents(500),
  mode: 'amount',
  amount: cents(2500),
  target: cents(5000),
  monthlyLimit: null,
  ...cleared,
}

/** The account's auto top-up: its setting, where it stands and why, and the timeline of its attempts, newest first. */
export async function getAutoTopUp(actor: Actor, { accountId }: { accountId: string }): Promise<AutoTopUpDto> {
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const tx: Tx = pool()
  const [saved, attempts, month, { available }] = await Promise.all([
    readSetting(tx, accountId),
    readActivity(tx, { accountId, before: null, limit: timelineLength }),
    getMonth(actor, { accountId }),
    readBalance(tx, accountId),
  ])
  const setting = saved ?? initialSetting
  const open = attempts.find(({ state }) => isOpen(state)) ?? null
  const moment = { at, available, month: month.period, capHeadroom: headroomOf(month) }
  const { facts } = await gatherFacts(tx, accountId, moment, { hasOpenAttempt: open !== null })
  const decision = decideTopUp(setting, facts)
  const state = stateOf(setting, { needsCustomer: open?.state === 'requires_action', at })
  const waitingBecause = decision.kind === 'skip' && state === 'on' ? decision.because : null
  const { chargedThisMonth } = facts
  return {
    setting: {
      isOn: setting.isOn,
      minimum: formatMoney(setting.minimum),
      mode: setting.mode,
      amount: formatMoney(setting.amount),
      target: formatMoney(setting.target),
      monthlyLimit: setting.monthlyLimit && formatMoney(setting.monthlyLimit),
    },
    state,
    stateText: stateText(state, setting, open?.amount ?? null),
    pausedReason: state === 'paused' ? (setting.pausedReason ?? 'fault') : null,
    declinesInARow: setting.consecutiveDeclines,
    confirming: open && formatMoney(open.amount),
    waitingText: waitingBecause && waitingText(waitingBecause),
    waitingBecause,
    coolingUntil: state === 'cooling' ? setting.coolingUntil!.toISOString() : null,
    spentThisMonth: formatMoney(chargedThisMonth),
    leftThisMonth: setting.monthlyLimit && formatMoney(atLeastZero(subtract(setting.monthlyLimit, chargedThisMonth))),
    attempts: attempts.map(attemptDto),
  }
}

const headroomOf = ({ limit, spent, held }: MonthDto) =>
  limit === null ? null : leftOfLimit(parseMoney(limit), parseMoney(spent), parseMoney(held))

export const attemptDto = (attempt: Attempt): AttemptDto => ({
  attemptId: attempt.attemptId,
  purchaseId: attempt.purchaseId,
  state: attempt.state,
  amount: formatMoney(attempt.amount),
  whyText: whyText(attempt.facts),
  outcomeText: outcomeText(attempt),
  available: attempt.facts.available,
  minimum: attempt.facts.minimum,
  message: attempt.message,
  isBankAsked: attempt.paymentIntentId !== null,
  card: attempt.card,
  recoveryUrl: attempt.state === 'requires_action' ? attempt.recoveryUrl : null,
  receiptUrl: attempt.receiptUrl,
  createdAt: attempt.createdAt.toISOString(),
  closedAt: attempt.closedAt?.toISOString() ?? null,
})
