import { useFormats, useTexts } from '#texts'
import { formatMoney, parseMoney } from '@/lib/core/money'
import type { UsageSeriesDto } from '@/lib/domain/usage'
import { type Bar, barsOf, type Grouping } from '@/lib/domain/usage/explorer/rules'
import { MoneyText } from '../ui/money'
import { ChartCard } from './chart-card'
import { chartData } from './chart-data'
import { useGroupName } from './group-name'
import { modelFill, otherFill, placeFill } from './model-colors'

const others = 'others'

/** The chart of the usage page, whatever it is grouped by. */
export function ExplorerChart({ series }: { series: UsageSeriesDto }) {
  const t = useTexts('usage')
  const nameOf = useGroupName()
  const { by, step, timeZone, currency, groups, charted } = series
  const bars = barsOf(series.steps, step)
  const words = useBarWords(series, bars)
  const shown = groups.slice(0, charted).map((group, place) => ({
    id: String(place),
    name: nameOf(by, group),
    fill: groupFill(by, group.id, place),
  }))
  const hasOthers = series.cells.some(({ group }) => group === null)
  const rest = { id: others, name: t('others'), fill: otherFill }
  const barOf = new Map<string, string>()
  for (const { from, to } of bars) {
    for (let at = series.steps.indexOf(from); at <= series.steps.indexOf(to); at++) barOf.set(series.steps[at]!, from)
  }
  const cells = series.cells.map((cell) => ({
    bar: barOf.get(cell.step) ?? '',
    group: cell.group === null ? others : String(cell.group),
    amount: parseMoney(cell.amount, 'amount', currency),
  }))
  const data = chartData(words, hasOthers ? [...shown, rest] : shown, cells)
  const isFolded = bars.length < series.steps.length
  const grouping = t(`by.${by}`)
  return (
    <ChartCard
      title={t('chart.title', { by })}
      description={t.rich(step === 'hour' ? 'chart.hourly' : isFolded ? 'chart.folded' : 'chart.daily', {
        total: () => <MoneyText amount={formatMoney(data.total)} isFocusable className="font-medium text-ink" />,
        zone: timeZone,
      })}
      label={
        step === 'hour'
          ? t('chart.byHour', { count: series.steps.length })
          : t('chart.byDay', { count: series.steps.length })
      }
      caption={t('chart.caption', { by, zone: timeZone })}
      timeHeading={step === 'hour' ? t('hour') : t('day')}
      groupHeading={grouping}
      data={data}
    />
  )
}

/** A model has its colour everywhere; keys, members and tags have one by their place. */
export const groupFill = (by: Grouping, id: string | null, place: number): string =>
  by === 'model' && id !== null ? modelFill(id) : placeFill(place)

function useBarWords({ step, steps, timeZone }: UsageSeriesDto, bars: Bar[]) {
  const t = useTexts('usage')
  const f = useFormats()
  const isOneDay = steps.length <= 25
  const label = (at: string) => {
    if (step === 'day') return f.shortDay(at)
    return isOneDay ? f.clock(at, timeZone) : f.shortDay(at, timeZone)
  }
  const title = (at: string) => (step === 'day' ? f.day(at) : f.instant(at, timeZone))
  return bars.map(({ from, to }) => ({
    key: from,
    label: label(from),
    title: from === to ? title(from) : t('fromTo', { from: title(from), to: title(to) }),
  }))
}
