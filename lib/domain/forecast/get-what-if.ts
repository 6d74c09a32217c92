import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { formatMoney, type Money, money, parseMoney } from '@/lib/core/money'
import { previousMonth } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { env } from '@/lib/edges/env'
import { checkPlan, getAutoTopUp, type PlanInput } from '../auto-top-up'
import { getMonth, parseLimit } from '../budgets'
import type { Period } from '../budgets/rules'
import { readAccountBilling, readCreditLimits } from '../contracts'
import { type BillingMode, type CreditLimitFrom, parseTriedCreditLimit } from '../contracts/rules'
import { readAskingTimes } from '../invoices'
import { readBalance } from '../ledger'
import { requireRole } from '../members'
import { largestPurchase, smallestPurchase } from '../purchases/rules'
import { readBalanceBefore } from '../statement'
import { type Exactness, replay } from './replay'
import type { HeldBack, Outcome, Pause, Scenario } from './simulate'
import { readFirstMovement, readMonth } from './store'

/** The billing month before this one, or this one up to now. */
export type WhatIfMonth = 'last' | 'current'

/** What is tried out. Amounts are decimal strings. */
export interface ScenarioInput {
  /** The monthly budget cap; null for none. */
  cap: string | null
  plan: PlanInput
  /** The balance that the month begins with; null: the one that it really began with. */
  startingBalance: string | null
  /** Whether credit that was bought by hand comes as it did. */
  byHand: 'keep' | 'drop'
  /** How far usage may go beyond credit all the time, as if by contract; null: as it was. */
  creditLimit: string | null
}

/** A credit limit from an instant on; null: prepaid. */
export interface CreditLimitFromDto {
  from: string
  limit: string | null
}

interface Figures {
  requests: number
  spent: string
  purchases: { at: string; amount: string }[]
  purchased: string
  lowest: string
  ending: string
  balances: { at: string; balance: string }[]
}

export interface WhatIfDto {
  /** "2026-10" */
  month: string
  /** The month, or what is over of it. */
  startsAt: string
  endsAt: string
  timeZone: string
  /** Whether the requests were replayed one by one, or by the hour because there were too many. */
  exactness: Exactness
  /** The settings as they are now. */
  current: ScenarioInput
  /** Those that were tried. */
  tried: ScenarioInput
  /** How far usage could go beyond credit in it, one after the other; the first from the start. */
  creditLimits: CreditLimitFromDto[]
  outcome: Figures & {
    accepted: number
    refused: number
    refusedByCap: number
    refusedValue: string
    heldBack: HeldBack | null
    pauses: { from: string; to: string; because: Pause['because'] }[]
    pausedMs: number
  }
  reality: Figures
}

/** What a simulation starts from. */
export interface WhatIfTerms {
  /** How the account is billed now. */
  mode: BillingMode
  /** The settings as they are now. */
  current: ScenarioInput
  /**
   * The months that can be replayed: those with usage. `opening` is what the balance began with; `creditLimits`: those that were in
   * force, one after the other.
   */
  months: Partial<Record<WhatIfMonth, { month: string; opening: string; creditLimits: CreditLimitFromDto[] }>>
}

/** The account's settings, and which months there are to replay. @throws Refusal `not_found` */
export async function getWhatIfTerms(actor: Actor, { accountId }: { accountId: string }): Promise<WhatIfTerms> {
  const [{ current, months }, billing] = await Promise.all([
    readTerms(actor, accountId),
    readAccountBilling(pool(), accountId),
  ])
  const shown = Object.entries(months).map(([which, { period, opening, creditLimits }]) => [
    which,
    { month: period.period, opening: formatMoney(opening), creditLimits: creditLimits.map(creditLimitDto) },
  ])
  return { mode: billing?.mode ?? 'prepaid', current, months: Object.fromEntries(shown) }
}

const creditLimitDto = ({ from, limit }: CreditLimitFrom): CreditLimitFromDto => ({
  from: from.toISOString(),
  limit: limit && formatMoney(limit),
})

interface MonthToReplay {
  period: Period
  startsAt: Date
  endsAt: Date
  opening: Money
  creditLimits: CreditLimitFrom[]
}

async function readTerms(actor: Actor, accountId: string) {
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const [present, { setting }, { balance }] = await Promise.all([
    getMonth(actor, { accountId }),
    getAutoTopUp(actor, { accountId }),
    readBalance(pool(), accountId),
  ])
  const asItWas = { startingBalance: null, byHand: 'keep', creditLimit: null } as const
  const current: ScenarioInput = { cap: present.limit, plan: setting, ...asItWas }
  const [last, running] = await Promise.all([
    monthOf(accountId, previousMonth(present.period), at, balance.currency),
    monthOf(accountId, present.period, at, balance.currency),
  ])
  const months: Partial<Record<WhatIfMonth, MonthToReplay>> = {
    ...(last && { last }),
    ...(running && { current: running }),
  }
  return { current, months }
}

/** A month in which there was usage, as far as it is over; null when there was none. */
async function monthOf(accountId: string, period: string, at: Date, currency: string): Promise<MonthToReplay | null> {
  const month = await readMonth(accountId, period)
  if (!month || month.spent === 0n) return null
  const startsAt = await beginningOf(accountId, month.startsAt)
  const endsAt = at < month.endsAt ? at : month.endsAt
  const [opening, creditLimits] = await Promise.all([
    readBalanceBefore(accountId, startsAt),
    readCreditLimits(accountId, { startsAt, endsAt }),
  ])
  return { period: { ...month, period }, startsAt, endsAt, opening: money(opening, currency), creditLimits }
}

/**
 * What a month's usage would have come to under other settings: what would have been refused and bought, and where the balance
 * would have gone; beside what really happened. Null when there was no usage in that month. Nothing is saved.
 * @throws Refusal `invalid_amount`, `amount_too_small` or `amount_too_large` naming the field (cap, startingBalance, creditLimit,
 *   minimum, amount, target, monthlyLimit).
 */
export async function getWhatIf(
  actor: Actor,
  { accountId, month: which, scenario: tried }: { accountId: string; month: WhatIfMonth; scenario: ScenarioInput },
): Promise<WhatIfDto | null> {
  const { current, months } = await readTerms(actor, accountId)
  const month = months[which]
  if (!month) return null
  const { period, startsAt, endsAt, opening } = month
  const largest = largestPurchase(env().LARGEST_PURCHASE_USD)
  const scenario = readScenario(tried, month, largest)
  const invoicesAsk = await readAskingTimes(accountId, { startsAt, endsAt })
  const { exactness, outcome, reality } = await replay(
    { accountId, startsAt, endsAt },
    {
      scenario,
      terms: { startsAt, endsAt, period, smallestPurchase, largestPurchase: largest, invoicesAsk },
      opening,
      byHand: tried.byHand,
    },
  )
  return {
    month: period.period,
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    timeZone: period.timeZone,
    exactness,
    current,
    tried,
    creditLimits: scenario.creditLimits.map(creditLimitDto),
    outcome: {
      ...figuresOf(outcome),
      accepted: outcome.accepted,
      refused: outcome.refused,
      refusedByCap: outcome.refusedByCap,
      refusedValue: formatMoney(outcome.refusedValue),
      heldBack: outcome.heldBack,
      pauses: outcome.pauses.map(({ from, to, because }) => ({
        from: from.toISOString(),
        to: to.toISOString(),
        because,
      })),
      pausedMs: outcome.pausedMs,
    },
    reality: figuresOf(reality),
  }
}

/** A new account's first month begins with its first credit. */
async function beginningOf(accountId: string, monthStart: Date): Promise<Date> {
  const first = await readFirstMovement(accountId)
  return first && first >= monthStart ? new Date(first.getTime() + 1) : monthStart
}

function readScenario(
  { cap, plan, startingBalance, creditLimit }: ScenarioInput,
  { opening, startsAt, creditLimits }: MonthToReplay,
  largest: Money,
): Scenario {
  return {
    cap: cap === null ? null : naming('cap', () => parseLimit(cap, 'Leave it empty for no cap.')),
    plan: checkPlan(plan, largest),
    startingBalance: startingBalance === null ? opening : parseMoney(startingBalance, 'startingBalance'),
    creditLimits: creditLimit === null ? creditLimits : [{ from: startsAt, limit: parseTriedCreditLimit(creditLimit) }],
  }
}

/** Names the field of this form instead of the one that the rule was written for. */
function naming<T>(field: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal(error.code, { ...error.facts, field })
  }
}

const figuresOf = (figures: Pick<Outcome, keyof Figures>): Figures => ({
  requests: figures.requests,
  spent: formatMoney(figures.spent),
  purchases: figures.purchases.map(({ at, amount }) => ({ at: at.toISOString(), amount: formatMoney(amount) })),
  purchased: formatMoney(figures.purchased),
  lowest: formatMoney(figures.lowest),
  ending: formatMoney(figures.ending),
  balances: figures.balances.map(({ at, balance }) => ({ at: at.toISOString(), balance: formatMoney(balance) })),
})
