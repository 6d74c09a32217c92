import { formatMoney } from '@/lib/core/money'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { modelFill } from './model-colors'
import { UsageChart } from './usage-chart'
import { type UsageCell, type UsageSeries, usageSeries } from './usage-series'

type UsageCardProps = { cells: UsageCell[]; lastDay: string; dayCount: number; timeZone: string }

/** The last days of usage by model: a chart where people look, its table where they check. */
export function UsageCard({ cells, lastDay, dayCount, timeZone }: UsageCardProps) {
  const series = usageSeries(cells, lastDay, dayCount)
  return (
    <div className="twin">
      <Card
        id="usage"
        title={`Usage by model, last ${dayCount} days`}
        description={
          <>
            <MoneyText amount={formatMoney(series.total)} isFocusable className="font-medium text-ink" /> in US dollars.
            Days are in {timeZone}.
          </>
        }
        action={<ViewChoice />}
      >
        <div className="twin-chart">
          <UsageChart series={series} />
          <Legend series={series} />
        </div>
        <div className="twin-table">
          <UsageTable series={series} timeZone={timeZone} />
        </div>
      </Card>
    </div>
  )
}

const choiceLook =
  'flex min-h-7 cursor-pointer items-center rounded-[6px] px-2.5 text-xs font-medium text-muted has-checked:bg-surface has-checked:text-ink has-checked:ring-1 has-checked:ring-hairline has-focus-visible:outline-2 has-focus-visible:outline-accent-ink'

/** Works without a script: the style sheet shows the chosen one of the two. */
function ViewChoice() {
  return (
    <fieldset className="flex gap-0.5 rounded-ui bg-sunken p-0.5">
      <legend className="sr-only">Show usage as</legend>
      <label className={choiceLook}>
        <input type="radio" name="usage-view" value="chart" defaultChecked className="sr-only" />
        Chart
      </label>
      <label className={choiceLook}>
        <input type="radio" name="usage-view" value="table" className="sr-only" />
        Table
      </label>
    </fieldset>
  )
}

function Legend({ series }: { series: UsageSeries }) {
  return (
    <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5">
      {series.models.map((model) => (
        <li key={model.model} className="flex items-center gap-2">
          <Swatch model={model.model} />
          <span>{model.name}</span>
          <MoneyText amount={formatMoney(model.total)} className="text-muted" />
        </li>
      ))}
    </ul>
  )
}

function Swatch({ model }: { model: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 10 10" className="size-2.5 flex-none">
      <rect width="10" height="10" rx="2.5" className={modelFill(model)} />
    </svg>
  )
}

function UsageTable({ series, timeZone }: { series: UsageSeries; timeZone: string }) {
  const used = series.days.filter((day) => day.events > 0).reverse()
  return (
    <div className="-mx-4 max-h-96 overflow-auto sm:-mx-5">
      <Table caption={`Usage per day and model in US dollars, days in ${timeZone}`}>
        <thead>
          <tr>
            <Th>Day</Th>
            <Th>Model</Th>
            <Th isFigure>Cost (USD)</Th>
          </tr>
        </thead>
        <tbody>
          {used.flatMap((day) =>
            series.models
              .filter((model) => day.amounts.has(model.model))
              .map((model) => (
                <tr key={`${day.day}-${model.model}`}>
                  <Td className="whitespace-nowrap">{day.day}</Td>
                  <Td>
                    <span className="flex items-center gap-2">
                      <Swatch model={model.model} />
                      {model.name}
                    </span>
                  </Td>
                  <Td isFigure>
                    <MoneyText amount={formatMoney(day.amounts.get(model.model)!)} />
                  </Td>
                </tr>
              )),
          )}
        </tbody>
      </Table>
    </div>
  )
}
