import { add, type Money, parseMoney, zero } from '@/lib/core/money'

/** One model on one day, as the verb tells it. */
export interface UsageCell {
  day: string
  model: string
  modelName: string
  events: number
  amount: string
}

export interface UsageDay {
  day: string
  total: Money
  events: number
  amounts: Map<string, Money>
}

export interface UsageSeries {
  days: UsageDay[]
  /** The models that were used, dearest first. */
  models: { model: string; name: string; total: Money; events: number }[]
  total: Money
}

const dayMs = 24 * 60 * 60 * 1000

/** Every day from the first to the last, also those without usage, with what each model cost. Days are "2026-11-21". */
export function usageSeries(cells: UsageCell[], lastDay: string, dayCount: number): UsageSeries {
  const days = dayKeys(lastDay, dayCount).map((day) => dayOf(day, cells))
  const models = [...new Set(cells.map((cell) => cell.model))].map((model) => {
    const own = cells.filter((cell) => cell.model === model)
    return {
      model,
      name: own[0]!.modelName,
      total: own.reduce((total, cell) => add(total, parseMoney(cell.amount)), zero()),
      events: own.reduce((count, cell) => count + cell.events, 0),
    }
  })
  models.sort((a, b) =>
    a.total.nanos < b.total.nanos ? 1 : a.total.nanos > b.total.nanos ? -1 : a.model < b.model ? -1 : 1,
  )
  return { days, models, total: models.reduce((total, model) => add(total, model.total), zero()) }
}

function dayOf(day: string, cells: UsageCell[]): UsageDay {
  const own = cells.filter((cell) => cell.day === day)
  const amounts = new Map(own.map((cell) => [cell.model, parseMoney(cell.amount)]))
  const total = [...amounts.values()].reduce(add, zero())
  return { day, total, events: own.reduce((count, cell) => count + cell.events, 0), amounts }
}

function dayKeys(lastDay: string, count: number): string[] {
  const last = Date.parse(`${lastDay}T00:00:00Z`)
  return Array.from({ length: count }, (_, index) =>
    new Date(last - (count - 1 - index) * dayMs).toISOString().slice(0, 10),
  )
}
