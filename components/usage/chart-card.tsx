import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import { formatMoney } from '@/lib/core/money'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import type { ChartData } from './chart-data'
import { UsageChart } from './usage-chart'

type ChartCardProps = {
  title: string
  description: ReactNode
  /** What a screen reader hears of the chart. */
  label: string
  /** What the table lists. */
  caption: string
  timeHeading: string
  groupHeading: string
  data: ChartData
  /** Leads on from what is shown. */
  more?: ReactNode
}

/** A chart where people look, its table where they check: the same figures, and both are in the page. */
export function ChartCard({ title, description, more, ...rest }: ChartCardProps) {
  return (
    <div className="twin">
      <Card id="usage" title={title} description={description} action={<ViewChoice name="usage-view" />}>
        <div className="twin-chart">
          <UsageChart data={rest.data} label={rest.label} />
          <Legend data={rest.data} />
        </div>
        <div className="twin-table">
          <UsageTable {...rest} />
        </div>
        {more && <p className="mt-4">{more}</p>}
      </Card>
    </div>
  )
}

const choiceLook =
  'flex min-h-7 cursor-pointer items-center rounded-[6px] px-2.5 text-xs font-medium text-muted has-checked:bg-surface has-checked:text-ink has-checked:ring-1 has-checked:ring-hairline has-focus-visible:outline-2 has-focus-visible:outline-accent-ink'

/** Works without a script: the style sheet shows the chosen one of the two. */
export function ViewChoice({ name }: { name: string }) {
  const t = useTexts('usage')
  return (
    <fieldset className="flex gap-0.5 rounded-ui bg-sunken p-0.5">
      <legend className="sr-only">{t('twin.legend')}</legend>
      <label className={choiceLook}>
        <input type="radio" name={name} value="chart" defaultChecked className="sr-only" />
        {t('twin.chart')}
      </label>
      <label className={choiceLook}>
        <input type="radio" name={name} value="table" className="sr-only" />
        {t('twin.table')}
      </label>
    </fieldset>
  )
}

function Legend({ data }: { data: ChartData }) {
  return (
    <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5">
      {data.groups.map((group) => (
        <li key={group.id} className="flex min-w-0 items-center gap-2">
          <Swatch fill={group.fill} />
          <bdi className="truncate">{group.name}</bdi>
          <MoneyText amount={formatMoney(group.total)} className="text-muted" />
        </li>
      ))}
    </ul>
  )
}

export function Swatch({ fill }: { fill: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 10 10" className="size-2.5 flex-none">
      <rect width="10" height="10" rx="2.5" className={fill} />
    </svg>
  )
}

function UsageTable({ data, caption, timeHeading, groupHeading }: Omit<ChartCardProps, 'title' | 'description'>) {
  const t = useTexts('usage')
  const f = useFormats()
  const used = data.bars.filter((bar) => bar.amounts.size > 0).reverse()
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls the box with the arrow keys.
      tabIndex={0}
      aria-label={caption}
      className="-mx-4 max-h-96 overflow-auto sm:-mx-5"
    >
      <Table caption={caption}>
        <thead>
          <tr>
            <Th>{timeHeading}</Th>
            <Th>{groupHeading}</Th>
            <Th isFigure>{t('cost')}</Th>
          </tr>
        </thead>
        <tbody>
          {used.flatMap((bar) =>
            data.groups
              .filter((group) => bar.amounts.has(group.id))
              .map((group) => (
                <tr key={`${bar.key}-${group.id}`}>
                  <Td>{bar.title}</Td>
                  <Td>
                    <span className="flex items-center gap-2">
                      <Swatch fill={group.fill} />
                      <bdi className="min-w-0 break-words">{group.name}</bdi>
                    </span>
                  </Td>
                  <Td isFigure>
                    <MoneyText amount={formatMoney(bar.amounts.get(group.id)!)} />
                  </Td>
                </tr>
              )),
          )}
        </tbody>
        <tfoot>
          <tr>
            <Td className="font-medium">{t('total')}</Td>
            <Td />
            <Td isFigure className="font-medium">
              <data value={formatMoney(data.total)}>{f.exactMoney(formatMoney(data.total), data.total.currency)}</data>
            </Td>
          </tr>
        </tfoot>
      </Table>
    </section>
  )
}
