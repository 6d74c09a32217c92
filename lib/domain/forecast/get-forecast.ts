import type { Actor } from '@/lib/core/actor'
import { formatMoney, money, parseMoney } from '@/lib/core/money'
import { addDays, dayEnd, dayKeyAt, dayStart } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { getMonth } from '../budgets'
import { readAccountBilling } from '../contracts'
import { listGrants } from '../grants'
import { readBalance } from '../ledger'
import { requireRole } from '../members'
import {
  type BackTest,
  backTest,
  backTestMonths,
  everyDay,
  fewestDaysWithUsage,
  historyDays,
  lotsWithLimit,
  monthForecast,
  paceOf,
  runsOut,
  sinceFirstUse,
  testedDaysAhead,
  wholeDay,
} from './rules'
import { readDaysOfUsage } from './store'

/** When credit is used up; of a post-paid account, credit and its credit limit, if nothing is paid. Days are those of the billing time zone; `middle` and `to` are null beyond a year. */
export type RunsOutDto =
  | {
      kind: 'range'
      from: string
      middle: string | null
      to: string | null
      /** Credit that expires before it is used, at the pace in the middle; null when none does. */
      expiring: string | null
    }
  | { kind: 'used_up' | 'beyond' | 'no_usage' }
  | { kind: 'too_little'; daysWithUsage: number; daysNeeded: number }

export interface BackTestDto extends BackTest {
  /** How far ahead these forecasts looked; null: to the end of the month. */
  daysAhead: number | null
}

export interface ForecastDto {
  timeZone: string
  /** Whether usage may go beyond credit: `runsOut` is then about the credit limit. */
  isPostPaid: boolean
  /** The full days that the forecast is made from, and what usage cost in them on average; null when they say too little. */
  basis: { days: number; perDay: string } | null
  runsOut: RunsOutDto
  runsOutTested: BackTestDto | null
  month: {
    /** The month's cost at its end: one in ten each that it is less than `low` or more than `high`. */
    expected: { low: string; middle: string; high: string }
    /** Between which days the cap is reached; `to` is null when it may not be; null: it is not expected to be. */
    capReached: { from: string; to: string | null } | null
  } | null
  monthTested: BackTestDto | null
}

/**
 * How long credit lasts (with a contract: credit and its credit limit) and what the month will cost: from usage of the last 14 full
 * days. What might be bought or paid does not count, credit that expires unused does not help, and what open holds have set aside
 * counts as used. @throws Refusal `not_found`
 */
export async function getForecast(actor: Actor, { accountId }: { accountId: string }): Promise<ForecastDto> {
  await requireRole(actor, accountId, 'account:read')
  const at = await now()
  const [month, { balance, held }, grants, billing] = await Promise.all([
    getMonth(actor, { accountId }),
    readBalance(pool(), accountId),
    listGrants(actor, { accountId }),
    readAccountBilling(pool(), accountId),
  ])
  const { currency } = balance
  const today = dayKeyAt(at, month.timeZone)
  const [from, yesterday] = [addDays(today, -historyDays), addDays(today, -1)]
  const days = sinceFirstUse(everyDay(await readDaysOfUsage(accountId, from, yesterday), from, yesterday))
  const pace = paceOf(days)
  const present = { today, restOfToday: restOf(today, at, month.timeZone) }
  const open = grants
    .filter(({ state }) => state === 'open')
    .map(({ remaining, lastDay }) => ({ nanos: parseMoney(remaining, 'remaining', currency).nanos, lastDay }))
  const isPostPaid = billing?.mode === 'postpaid'
  const lots = isPostPaid ? lotsWithLimit(open, balance.nanos, billing.creditLimit.nanos) : open
  const outcome = runsOut(lots, held.nanos, pace, present)
  const text = (nanos: bigint) => formatMoney(money(nanos, currency))
  const nanosOf = (amount: string) => parseMoney(amount, 'amount', currency).nanos
  const forecast = monthForecast(
    {
      spent: nanosOf(month.spent),
      cap: month.limit === null ? null : nanosOf(month.limit),
      lastDay: dayKeyAt(new Date(new Date(month.endsAt).getTime() - 1), month.timeZone),
    },
    pace,
    present,
  )
  const tested = (result: BackTest | null, daysAhead: number | null) => result && { ...result, daysAhead }
  return {
    timeZone: month.timeZone,
    isPostPaid,
    basis: pace.kind === 'known' ? { days: pace.days, perDay: text(pace.total / BigInt(pace.days)) } : null,
    runsOut:
      outcome.kind === 'range'
        ? { ...outcome, expiring: outcome.expiring > 0n ? text(outcome.expiring) : null }
        : outcome.kind === 'too_little'
          ? { ...outcome, daysNeeded: fewestDaysWithUsage }
          : outcome,
    runsOutTested: tested(backTest(days), testedDaysAhead),
    month: forecast && {
      expected: {
        low: text(forecast.expected.low),
        middle: text(forecast.expected.middle),
        high: text(forecast.expected.high),
      },
      capReached: forecast.capReached,
    },
    monthTested: tested(backTestMonths(days, today), null),
  }
}

/** How much of a day is still to come, in millionths. A day with a change of clocks has 23 or 25 hours. */
function restOf(day: string, at: Date, timeZone: string): bigint {
  const [start, end] = [dayStart(day, timeZone).getTime(), dayEnd(day, timeZone).getTime()]
  const left = BigInt(Math.max(0, Math.min(end - at.getTime(), end - start)))
  return (left * wholeDay) / BigInt(end - start)
}
