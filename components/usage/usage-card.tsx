import { useFormats, useTexts } from '#texts'
import { formatMoney, parseMoney } from '@/lib/core/money'
import type { UsageDayDto } from '@/lib/domain/usage'
import { daysOf } from '@/lib/domain/usage/explorer/rules'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'
import { ChartCard } from './chart-card'
import { chartData } from './chart-data'
import { modelFill } from './model-colors'

type UsageCardProps = { cells: UsageDayDto[]; firstDay: string; lastDay: string; timeZone: string }

/** The last days of usage by model, and the way to all of it. */
export function UsageCard({ cells, firstDay, lastDay, timeZone }: UsageCardProps) {
  const t = useTexts('usage')
  const f = useFormats()
  const days = daysOf({ from: firstDay, to: lastDay })
  const names = new Map(cells.map(({ model, modelName }) => [model, modelName]))
  const all = cells.map(({ day, model, amount }) => ({ bar: day, group: model, amount: parseMoney(amount) }))
  const bars = days.map((day) => ({ key: day, label: f.shortDay(day), title: f.day(day) }))
  const groups = [...names].map(([id, name]) => ({ id, name, fill: modelFill(id) }))
  const data = chartData(bars, groups, all)
  data.groups.sort((a, b) => (a.total.nanos < b.total.nanos ? 1 : a.total.nanos > b.total.nanos ? -1 : 0))
  return (
    <ChartCard
      title={t('card.title', { count: days.length })}
      description={t.rich('card.description', {
        total: () => <MoneyText amount={formatMoney(data.total)} isFocusable className="font-medium text-ink" />,
        zone: timeZone,
      })}
      label={t('chart.byDay', { count: days.length })}
      caption={t('chart.caption', { by: 'model', zone: timeZone })}
      timeHeading={t('day')}
      groupHeading={t('by.model')}
      data={data}
      more={<TextLink href="/usage">{t('card.more')}</TextLink>}
    />
  )
}
