import { add, type Money, zero } from '@/lib/core/money'

/** What a stacked chart and its table show. Words and dates are made by whoever knows the language. */
export interface ChartData {
  /** From the bottom of the stack to its top. */
  groups: ChartGroup[]
  bars: ChartBar[]
  total: Money
}

export interface ChartGroup {
  id: string
  name: string
  fill: string
  total: Money
}

export interface ChartBar {
  key: string
  /** In few letters, for the axis. */
  label: string
  /** In full, for the tip and the table. */
  title: string
  total: Money
  amounts: Map<string, Money>
}

/** A group's amount in one bar. Several of one bar and group are added. */
export interface ChartCell {
  bar: string
  group: string
  amount: Money
}

type Named<T> = Omit<T, 'total' | 'amounts'>

/** Adds cells up: a bar for each that is named, with or without usage. */
export function chartData(bars: Named<ChartBar>[], groups: Named<ChartGroup>[], cells: ChartCell[]): ChartData {
  const currency = cells[0]?.amount.currency
  const filled = new Map(
    bars.map((bar) => [bar.key, { ...bar, total: zero(currency), amounts: new Map<string, Money>() }]),
  )
  const totals = new Map<string, Money>()
  let total = zero(currency)
  for (const { bar: key, group, amount } of cells) {
    const bar = filled.get(key)
    if (!bar) continue
    bar.amounts.set(group, add(bar.amounts.get(group) ?? zero(currency), amount))
    bar.total = add(bar.total, amount)
    totals.set(group, add(totals.get(group) ?? zero(currency), amount))
    total = add(total, amount)
  }
  return {
    bars: [...filled.values()],
    groups: groups.map((group) => ({ ...group, total: totals.get(group.id) ?? zero(currency) })),
    total,
  }
}
