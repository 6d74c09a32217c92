/** What is asked of usage: ranges of days, groupings, filters, and how they stand in an address. Pure. */
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { addDays, type DayKey, dayEnd, daysBetween, hourMs, isDay } from '@/lib/core/time'

export const groupings = ['model', 'key', 'member', 'tag'] as const
export type Grouping = (typeof groupings)[number]

export const steps = ['day', 'hour'] as const
export type Step = (typeof steps)[number]

/** Days of the account's billing time zone, both included. */
export interface DayRange {
  from: DayKey
  to: DayKey
}

/** Which usage is meant. Null: usage without a key, a member or a tag. */
export interface UsageFilters {
  model?: string | undefined
  key?: string | null | undefined
  member?: string | null | undefined
  tag?: string | null | undefined
}

export const longestDays = 1100
export const longestHourlyDays = 31

export type RangeProblem = 'bad_from' | 'bad_to' | 'reversed' | 'too_long' | 'too_long_for_hours'

/** What is wrong with a range, if anything is. */
export function rangeProblem({ from, to }: DayRange, step: Step): RangeProblem | null {
  if (!isDay(from)) return 'bad_from'
  if (!isDay(to)) return 'bad_to'
  if (to < from) return 'reversed'
  const days = daysBetween(from, to) + 1
  if (days > longestDays) return 'too_long'
  return step === 'hour' && days > longestHourlyDays ? 'too_long_for_hours' : null
}

const problemTexts: Record<RangeProblem, { field: string; message: string }> = {
  bad_from: { field: 'from', message: 'from must be a day of the calendar such as "2026-11-01".' },
  bad_to: { field: 'to', message: 'to must be a day of the calendar such as "2026-11-30".' },
  reversed: { field: 'to', message: 'to lies before from. Swap them.' },
  too_long: { field: 'from', message: `A range has at most ${longestDays} days. Choose a later from.` },
  too_long_for_hours: {
    field: 'step',
    message: `Hours are for at most ${longestHourlyDays} days. Choose a shorter range, or step=day.`,
  },
}

/** @throws Refusal `invalid_request` naming the field. */
export function requireRange(range: DayRange, step: Step = 'day'): void {
  const problem = rangeProblem(range, step)
  if (problem) throw new Refusal('invalid_request', problemTexts[problem])
}

/** As many days right before the range: what it is compared with. */
export function previousRange({ from, to }: DayRange): DayRange {
  const days = daysBetween(from, to) + 1
  return { from: addDays(from, -days), to: addDays(from, -1) }
}

/** The keys of all days of a range. */
export const daysOf = ({ from, to }: DayRange): DayKey[] =>
  Array.from({ length: daysBetween(from, to) + 1 }, (_, index) => addDays(from, index))

/** A billing month as it was: the zone of its days, when it began and when it ended. */
export interface ZonedMonth {
  /** "2026-11" */
  period: string
  startsAt: Date
  endsAt: Date
  timeZone: string
}

/**
 * The instant at which a day of the rollup begins. A month's days are those of the zone that the month had; where the zone
 * changed, the new month's first day begins no earlier than the month. `months` in their order; one without a row had no
 * usage, and begins no earlier than the last one before it ended.
 */
export function dayStart(day: DayKey, months: ZonedMonth[], timeZone: string): Date {
  const period = day.slice(0, 7)
  const month = months.find((each) => each.period === period)
  const start = dayEnd(addDays(day, -1), month?.timeZone ?? timeZone)
  const earliest = month?.startsAt ?? months.findLast((each) => each.period < period)?.endsAt
  return earliest && earliest > start ? earliest : start
}

/** The instants of a range of days: from the first on, before the second. */
export const boundsOf = ({ from, to }: DayRange, months: ZonedMonth[], timeZone: string) => ({
  startsAt: dayStart(from, months, timeZone),
  endsAt: dayStart(addDays(to, 1), months, timeZone),
})

/** The whole UTC hours that begin between two instants; where a zone is half an hour off, the first begins before the day does. */
export function hoursOf(startsAt: Date, endsAt: Date): { startsAt: Date; endsAt: Date; hours: string[] } {
  const [first, end] = [floorToHour(startsAt), floorToHour(endsAt)]
  const count = Math.round((end.getTime() - first.getTime()) / hourMs)
  const hours = Array.from({ length: count }, (_, index) => new Date(first.getTime() + index * hourMs).toISOString())
  return { startsAt: first, endsAt: end, hours }
}

export const floorToHour = (at: Date): Date => new Date(Math.floor(at.getTime() / hourMs) * hourMs)

// Addresses ------------------------------------------------------------------------------------------------------------

export const presets = ['today', '7d', '30d', '90d', 'month'] as const
export type Preset = (typeof presets)[number]

/** What the usage page shows, as its address says. */
export interface UsageView {
  /** Null: days that the person chose. */
  preset: Preset | null
  range: DayRange
  by: Grouping
  step: Step
  filters: UsageFilters
}

const presetDays = { today: 1, '7d': 7, '30d': 30, '90d': 90 } as const

export function presetRange(preset: Preset, today: DayKey): DayRange {
  if (preset === 'month') return { from: `${today.slice(0, 7)}-01`, to: today }
  return { from: addDays(today, 1 - presetDays[preset]), to: today }
}

const defaultPreset: Preset = '30d'

type Params = Record<string, string | string[] | undefined>

const oneOf = <T extends string>(known: readonly T[], value: string): T | null =>
  known.find((candidate) => candidate === value) ?? null

/** Reads an address. What it says wrongly is told, and what is shown instead is a range that works. */
export function parseView(params: Params, today: DayKey): { view: UsageView; problem: RangeProblem | null } {
  const text = (name: string): string => {
    const value = params[name]
    return (Array.isArray(value) ? value[0] : value)?.trim() ?? ''
  }
  const preset = oneOf(presets, text('range')) ?? presetOf(text, today)
  const isCustom = !preset && (text('range') === 'custom' || text('from') !== '' || text('to') !== '')
  const named = preset ?? defaultPreset
  const asked = isCustom ? { from: text('from'), to: text('to') } : presetRange(named, today)
  const step = oneOf(steps, text('step')) ?? (named === 'today' && !isCustom ? 'hour' : 'day')
  const filters: UsageFilters = {
    model: text('model') || undefined,
    key: idFilter(text('key')),
    member: idFilter(text('member')),
    tag: text('untagged') ? null : text('tag') || undefined,
  }
  const by = oneOf(groupings, text('by')) ?? 'model'
  const problem = rangeProblem(asked, step)
  if (!problem) return { view: { preset: isCustom ? null : named, range: asked, by, step, filters }, problem }
  if (problem === 'too_long_for_hours') {
    return { view: { preset: isCustom ? null : named, range: asked, by, step: 'day', filters }, problem }
  }
  return {
    view: { preset: defaultPreset, range: presetRange(defaultPreset, today), by, step: 'day', filters },
    problem,
  }
}

/** The form always sends its days: when they are those of a usual range, that one is meant. */
const presetOf = (text: (name: string) => string, today: DayKey): Preset | null =>
  text('range') !== 'custom'
    ? null
    : (presets.find((preset) => {
        const { from, to } = presetRange(preset, today)
        return from === text('from') && to === text('to')
      }) ?? null)

const none = 'none'

const idFilter = (text: string): string | null | undefined =>
  text === none ? null : isId(text) ? text.toLowerCase() : undefined

/** The address's parameters of a view, so that reading them gives the same view. */
export function viewParams({ preset, range, by, step, filters }: UsageView): [string, string][] {
  const params: [string, string][] = preset
    ? [['range', preset]]
    : [
        ['from', range.from],
        ['to', range.to],
      ]
  if (by !== 'model') params.push(['by', by])
  if (step !== (preset === 'today' ? 'hour' : 'day')) params.push(['step', step])
  return [...params, ...filterParams(filters)]
}

/** The parameters of filters alone. */
export function filterParams({ model, key, member, tag }: UsageFilters): [string, string][] {
  const params: [string, string | null | undefined][] = [
    ['model', model],
    ['key', key === null ? none : key],
    ['member', member === null ? none : member],
    ['untagged', tag === null ? '1' : undefined],
    ['tag', tag],
  ]
  return params.filter((param): param is [string, string] => typeof param[1] === 'string')
}

/** Filters as an API caller names them. */
export function parseFilters(named: Record<string, string | undefined>): UsageFilters {
  const id = (field: 'key' | 'member'): string | null | undefined => {
    const text = named[field]
    if (text === undefined || text === '') return undefined
    const filter = idFilter(text)
    if (filter !== undefined) return filter
    throw new Refusal('invalid_request', { field, message: `${field} must be an id, or "none" for usage without one.` })
  }
  return {
    model: named.model || undefined,
    key: id('key'),
    member: id('member'),
    tag: named.untagged ? null : named.tag || undefined,
  }
}

/** Where a page of events begins: right below this one. */
export interface EventCursor {
  recordedAt: Date
  eventKey: string
}

export const printCursor = ({ recordedAt, eventKey }: EventCursor): string => `${recordedAt.getTime()}.${eventKey}`

/** @throws Refusal `invalid_request` naming `before`. */
export function parseCursor(text: string): EventCursor {
  const match = /^(\d{1,14})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text)
  if (match) return { recordedAt: new Date(Number(match[1])), eventKey: match[2]! }
  throw new Refusal('invalid_request', {
    field: 'before',
    message: 'before is not a place in the list. Leave it out to begin with the newest event.',
  })
}

// Charts ---------------------------------------------------------------------------------------------------------------

/** Neighbouring steps that a chart draws as one bar. */
export interface Bar {
  /** The first and the last of its steps. */
  from: string
  to: string
}

const mostBars = 100
const weekDays = 7

/** Few enough bars to be told apart: days, then weeks, then months; hours, then parts of a day. */
export function barsOf(keys: string[], step: Step): Bar[] {
  if (keys.length <= mostBars) return keys.map((key) => ({ from: key, to: key }))
  if (step === 'hour') return inRuns(keys, Math.ceil(keys.length / mostBars))
  if (keys.length <= mostBars * weekDays) return inRuns(keys, weekDays)
  const months = new Map<string, string[]>()
  for (const key of keys) months.set(key.slice(0, 7), [...(months.get(key.slice(0, 7)) ?? []), key])
  return [...months.values()].map((run) => ({ from: run[0]!, to: run.at(-1)! }))
}

/** Runs of so many keys that end with the last one, so that the newest bar is whole. */
function inRuns(keys: string[], size: number): Bar[] {
  const bars: Bar[] = []
  for (let end = keys.length; end > 0; end -= size) {
    bars.unshift({ from: keys[Math.max(end - size, 0)]!, to: keys[end - 1]! })
  }
  return bars
}
