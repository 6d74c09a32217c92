import type { Actor } from '@/lib/core/actor'
import { formatMoney, money } from '@/lib/core/money'
import { requireRole } from '../../members'
import { nilId } from '../rules'
import {
  boundsOf,
  type DayRange,
  daysOf,
  floorToHour,
  type Grouping,
  hoursOf,
  previousRange,
  requireRange,
  type Step,
  type UsageFilters,
} from './rules'
import { type Extent, noSums, readMonths, readNames, readSeries, readSumsOf, type Sums } from './store'
import { termsOf } from './terms'

export interface UsageTotals {
  events: number
  /** Without the cached ones. */
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
  /** A decimal string. */
  amount: string
}

export interface UsageGroup {
  /** The model, key, member or tag; null: usage without one. */
  id: string | null
  /** As people know it; null where nobody named it. */
  name: string | null
  totals: UsageTotals
  previous: UsageTotals
}

/** Usage in one step: of a group that the chart shows, or of all others. */
export interface UsageCell extends UsageTotals {
  /** A day "2026-11-21", or the instant at which an hour begins. */
  step: string
  /** The place of the group in `groups`; null: all others together. */
  group: number | null
}

export interface UsageSeriesDto {
  currency: string
  timeZone: string
  by: Grouping
  step: Step
  range: DayRange
  previousRange: DayRange
  /** The instants that the figures are of: from the first on, before the second. */
  startsAt: string
  endsAt: string
  /** Every step of the range, also those without usage. */
  steps: string[]
  cells: UsageCell[]
  /** The dearest groups, dearest first; the first `charted` of them have cells of their own. */
  groups: UsageGroup[]
  charted: number
  groupCount: number
  totals: UsageTotals
  previous: UsageTotals
  /** What all groups that are not listed come to; null when all are. */
  others: { totals: UsageTotals; previous: UsageTotals } | null
}

const mostCharted = 8
const mostListed = 50

/**
 * Usage of a range of days, by model, key, member or tag and by day or hour, with the period before it: from the rollups alone,
 * exact to the nano. Days are those of the account's billing time zone; hours are whole UTC hours.
 * @throws Refusal `invalid_request` naming the field for a range that is none or too long; `not_found`.
 */
export async function getUsageSeries(
  actor: Actor,
  {
    accountId,
    from,
    to,
    by,
    step,
    filters = {},
  }: { accountId: string; from: string; to: string; by: Grouping; step: Step; filters?: UsageFilters },
): Promise<UsageSeriesDto> {
  await requireRole(actor, accountId, 'account:read')
  const range = { from, to }
  requireRange(range, step)
  const earlier = previousRange(range)
  const [terms, earlierMonths] = await Promise.all([
    termsOf(accountId, range),
    readMonths(accountId, earlier.from.slice(0, 7), from.slice(0, 7)),
  ])
  const { currency, timeZone } = terms
  const extent = extentOf(step, range, terms)
  const asked = { accountId, extent, filters, by }
  const { groups, groupCount, total, cells } = await readSeries(asked, { listed: mostListed, charted: mostCharted })
  const charted = groups.slice(0, mostCharted).map(({ id }) => id)
  const listed = groups.map(({ id }) => id)
  const previousExtent = extentOf(step, earlier, boundsOf(earlier, [...earlierMonths, ...terms.months], timeZone))
  const [before, names] = await Promise.all([
    readSumsOf({ ...asked, extent: previousExtent }, listed),
    readNames(accountId, by, listed),
  ])
  const totalsOf = totalsIn(currency)
  const previousOf = new Map(before.map(({ id, ...sums }) => [id, sums]))
  const shownTotal = groups.reduce(plus, noSums)
  return {
    currency,
    timeZone,
    by,
    step,
    range,
    previousRange: earlier,
    startsAt: (extent.step === 'hour' ? extent.startsAt : terms.startsAt).toISOString(),
    endsAt: (extent.step === 'hour' ? extent.endsAt : terms.endsAt).toISOString(),
    steps: step === 'day' ? daysOf(range) : hoursOf(terms.startsAt, terms.endsAt).hours,
    cells: cells.map(({ step: at, id, ...sums }) => {
      const place = id === null ? -1 : charted.indexOf(id)
      return { step: at, group: place < 0 ? null : place, ...totalsOf(sums) }
    }),
    groups: groups.map(({ id, ...sums }) => ({
      id: id === '' || id === nilId ? null : id,
      name: by === 'tag' ? id || null : (names.get(id) ?? null),
      totals: totalsOf(sums),
      previous: totalsOf(previousOf.get(id) ?? noSums),
    })),
    charted: charted.length,
    groupCount,
    totals: totalsOf(total),
    previous: totalsOf(before.reduce(plus, noSums)),
    others:
      groupCount > groups.length
        ? { totals: totalsOf(minus(total, shownTotal)), previous: totalsOf(previousOf.get(null) ?? noSums) }
        : null,
  }
}

function extentOf(step: Step, { from, to }: DayRange, bounds: { startsAt: Date; endsAt: Date }): Extent {
  if (step === 'day') return { step, from, to }
  return { step, startsAt: floorToHour(bounds.startsAt), endsAt: floorToHour(bounds.endsAt) }
}

const plus = (a: Sums, b: Sums): Sums => ({
  events: a.events + b.events,
  input: a.input + b.input,
  cached: a.cached + b.cached,
  output: a.output + b.output,
  nanos: a.nanos + b.nanos,
})

const minus = (a: Sums, b: Sums): Sums => ({
  events: a.events - b.events,
  input: a.input - b.input,
  cached: a.cached - b.cached,
  output: a.output - b.output,
  nanos: a.nanos - b.nanos,
})

/** Counts of events and tokens stay far below 2^53; amounts never become numbers. */
export const totalsIn =
  (currency: string) =>
  ({ events, input, cached, output, nanos }: Sums): UsageTotals => ({
    events: Number(events),
    inputTokens: Number(input - cached),
    cachedInputTokens: Number(cached),
    outputTokens: Number(output),
    amount: formatMoney(money(nanos, currency)),
  })
