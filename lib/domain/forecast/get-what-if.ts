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
import { readBalance } from '../ledger'
import { requireRole } from '../members'
import { largestPurchase, smallestPurchase } from '../purchases/rules'
import { readBalanceBefore } from '../statement'
import { type Exactness, replay } from './replay'
import type { Outcome, Pause, Scenario } from './simulate'
import { readFirstMovement, readMonth } from './store'

export const whatIfMonths = ['last', 'current'] as const
export type WhatIfMonth = (typeof whatIfMonths)[number]

/** What is tried out. Amounts are decimal strings. */
export interface ScenarioInput {
  /** The monthly budget cap; null for none. */
  cap: string | null
  plan: PlanInput
  /** The balance that the month begins with; null: the one that it really began with. */
  startingBalance: string | null
  /** Whether credit that was bought by hand comes as it did. */
  byHand: 'keep' | 'drop'
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
  which: WhatIfMonth
  /** "2026-10" */
  month: string
  /** The month, or what is over of it. */
  startsAt: string
  endsAt: string
  timeZone: string
  currency: string
  /** Whether the requests were replayed one by one, or by the hour because there were too many. */
  exactness: Exactness
  /** The settings as they are now. */
  current: ScenarioInput
  /** Those that were tried. */
  tried: ScenarioInput
  opening: string
  outcome: Figures & {
    accepted: number
    refused: number
    refusedByCap: number
    refusedValue: string
    pauses: { from: string; to: string; because: Pause['because'] }[]
    pausedMs: number
  }
  reality: Figures
}

export type WhatIf =
  | { kind: 'simulated'; result: WhatIfDto }
  /** No usage in last month nor in this one. */
  | { kind: 'no_usage'; current: ScenarioInput }

/**
 * What last month's usage (or this month's up to now) would have come to under other settings: what would have been refused and
 * bought, and where the balance would have gone; beside what really happened. Nothing is saved.
 * @throws Refusal `invalid_amount`, `amount_too_small` or `amount_too_large` naming the field (cap, startingBalance, minimum,
 *   amount, target, monthlyLimit).
 */
export async function getWhatIf(
  actor: Actor,
  {
    accountId,
    month: asked,
    scenario,
  }: { accountId: string; month: WhatIfMonth | null; scenario: ScenarioInput | null },
): Promise<WhatIf> {
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const [present, { setting }, { balance }] = await Promise.all([
    getMonth(actor, { accountId }),
    getAutoTopUp(actor, { accountId }),
    readBalance(pool(), accountId),
  ])
  const { currency } = balance
  const current: ScenarioInput = { cap: present.limit, plan: setting, startingBalance: null, byHand: 'keep' }
  const last = previousMonth(present.period)
  const months: Record<WhatIfMonth, Period | null> = {
    last: await monthOf(accountId, last),
    current: await monthOf(accountId, present.period),
  }
  const which = asked && months[asked] ? asked : whatIfMonths.find((candidate) => months[candidate])
  const period = which && months[which]
  if (!period) return { kind: 'no_usage', current }

  const tried = scenario ?? current
  const startsAt = await beginningOf(accountId, period.startsAt)
  const endsAt = which === 'current' && at < period.endsAt ? at : period.endsAt
  const opening = money(await readBalanceBefore(accountId, startsAt), currency)
  const largest = largestPurchase(env().LARGEST_PURCHASE_USD)
  const { exactness, outcome, reality } = await replay(
    { accountId, startsAt, endsAt },
    {
      scenario: readScenario(tried, opening, largest),
      terms: { startsAt, endsAt, period, smallestPurchase, largestPurchase: largest },
      opening,
      byHand: tried.byHand,
    },
  )
  return {
    kind: 'simulated',
    result: {
      which: which!,
      month: period.period,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      timeZone: period.timeZone,
      currency,
      exactness,
      current,
      tried,
      opening: formatMoney(opening),
      outcome: {
        ...figuresOf(outcome),
        accepted: outcome.accepted,
        refused: outcome.refused,
        refusedByCap: outcome.refusedByCap,
        refusedValue: formatMoney(outcome.refusedValue),
        pauses: outcome.pauses.map(({ from, to, because }) => ({
          from: from.toISOString(),
          to: to.toISOString(),
          because,
        })),
        pausedMs: outcome.pausedMs,
      },
      reality: figuresOf(reality),
    },
  }
}

/** A new account's first month begins with its first credit. */
async function beginningOf(accountId: string, monthStart: Date): Promise<Date> {
  const first = await readFirstMovement(accountId)
  return first && first >= monthStart ? new Date(first.getTime() + 1) : monthStart
}

/** A month in which there was usage. */
async function monthOf(accountId: string, period: string): Promise<Period | null> {
  const month = await readMonth(accountId, period)
  return month && month.spent > 0n ? { ...month, period } : null
}

function readScenario({ cap, plan, startingBalance }: ScenarioInput, opening: Money, largest: Money): Scenario {
  return {
    cap: cap === null ? null : naming('cap', () => parseLimit(cap, 'Leave it empty for no cap.')),
    plan: checkPlan(plan, largest),
    startingBalance: startingBalance === null ? opening : parseMoney(startingBalance, 'startingBalance'),
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
