/** What a setting would have meant, shown before it is saved: the simulator on the rollup of hours. */
import type { Actor } from '@/lib/core/actor'
import { formatMoney, type Money, money, sum, zero } from '@/lib/core/money'
import { dayKeyAt, dayMs, dayStart, hourMs, previousMonth } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { env } from '@/lib/edges/env'
import { checkPlan, type PlanInput } from '../auto-top-up'
import type { TopUpPlan } from '../auto-top-up/rules'
import { getMonth, parseLimit } from '../budgets'
import { firstPeriod, type Period } from '../budgets/rules'
import { requireRole } from '../members'
import { largestPurchase, smallestPurchase } from '../purchases/rules'
import { type Outcome, requestsOfHour, type Scenario, Simulation } from './simulate'
import { readHours, readMonth } from './store'

export interface TopUpPreviewDto {
  days: number
  /** What usage cost on these days. */
  usage: string
  purchases: { day: string; amount: string }[]
  total: string
  /** Whether credit would have run out although auto top-up was on: a limit stood in the way. */
  wouldHavePaused: boolean
}

const previewDays = 30

/**
 * What a plan would have bought over the last 30 days of the account's own usage, had credit stood at the minimum when it
 * began. Nothing is saved. @throws Refusal `invalid_amount`, `amount_too_small`, `amount_too_large` naming the field.
 */
export async function previewAutoTopUp(
  actor: Actor,
  input: { accountId: string } & PlanInput,
): Promise<TopUpPreviewDto> {
  const { accountId } = input
  await requireRole(actor, accountId, 'account:read')
  const plan = checkPlan(input, largest())
  const at = await now()
  const { timeZone } = await getMonth(actor, { accountId })
  const startsAt = dayStart(dayKeyAt(new Date(at.getTime() - (previewDays - 1) * dayMs), timeZone), timeZone)
  const hours = await readHours({ accountId, startsAt, endsAt: at }, plan.minimum.currency)
  const used = sum(
    hours.map(({ amount }) => amount),
    plan.minimum.currency,
  )
  const outcome =
    hours[0] &&
    simulateHours(
      { startingBalance: plan.minimum, cap: null, plan: { ...plan, isOn: true }, creditLimits: [] },
      hours,
      firstPeriod(hours[0].hour, timeZone),
    )
  const purchases = outcome?.purchases ?? []
  return {
    days: previewDays,
    usage: formatMoney(used),
    purchases: purchases.map(({ at, amount }) => ({ day: dayKeyAt(at, timeZone), amount: formatMoney(amount) })),
    total: formatMoney(outcome?.purchased ?? zero(plan.minimum.currency)),
    wouldHavePaused: (outcome?.refused ?? 0) > 0,
  }
}

export interface CapPreviewDto {
  lastMonth: string
  /** Null when the account had no month before this one. */
  lastMonthSpent: string | null
  wouldHavePaused: boolean
  /** The day on which the first request would have been refused; null when none would. */
  pausedFrom: string | null
}

/** What a cap would have meant for last month's usage, had credit never run out. @throws Refusal `invalid_amount` */
export async function previewCap(
  actor: Actor,
  { accountId, limit }: { accountId: string; limit: string },
): Promise<CapPreviewDto> {
  await requireRole(actor, accountId, 'account:read')
  const cap = parseLimit(limit, 'Leave it empty for no cap.')
  const { period } = await getMonth(actor, { accountId })
  const lastMonth = previousMonth(period)
  const month = await readMonth(accountId, lastMonth)
  if (!month) return { lastMonth, lastMonthSpent: null, wouldHavePaused: false, pausedFrom: null }
  const hours = await readHours({ accountId, ...month }, cap.currency)
  // With as much credit as the cap allows, it is always the cap that binds.
  const scenario = { startingBalance: cap, cap, plan: noTopUp(cap), creditLimits: [] }
  const outcome = simulateHours(scenario, hours, { ...month, period: lastMonth })
  const [pause] = outcome.pauses
  return {
    lastMonth,
    lastMonthSpent: formatMoney(money(month.spent, cap.currency)),
    wouldHavePaused: outcome.refused > 0,
    pausedFrom: pause ? dayKeyAt(pause.from, month.timeZone) : null,
  }
}

const largest = (): Money => largestPurchase(env().LARGEST_PURCHASE_USD)

const noTopUp = ({ currency }: Money): TopUpPlan => {
  const nothing = zero(currency)
  return { isOn: false, minimum: nothing, mode: 'amount', amount: nothing, target: nothing, monthlyLimit: null }
}

function simulateHours(
  scenario: Scenario,
  hours: { hour: Date; amount: Money; count: number }[],
  period: Period,
): Outcome {
  const startsAt = hours[0]?.hour ?? period.startsAt
  const last = hours.at(-1)?.hour ?? startsAt
  const simulation = new Simulation(scenario, {
    startsAt,
    endsAt: new Date(last.getTime() + hourMs),
    period,
    smallestPurchase,
    largestPurchase: largest(),
    invoicesAsk: [],
  })
  for (const { hour, amount, count } of hours) {
    for (const requests of requestsOfHour(hour, amount, count)) simulation.request(requests)
  }
  return simulation.finish()
}
