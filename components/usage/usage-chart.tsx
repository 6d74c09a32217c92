import { scaleBand, scaleLinear } from '@visx/scale'
import { BarStack } from '@visx/shape'
import clsx from 'clsx'
import { displayExact, displayMoney, nanosPerUnit } from '@/lib/core/money'
import { modelFill } from './model-colors'
import type { UsageDay, UsageSeries } from './usage-series'

const plotHeight = 176
const tickCount = 4

/** Dollars as a number: for the height of a bar only, never for a figure. */
const heightOf = (nanos: bigint) => Number(nanos) / Number(nanosPerUnit)

const shortDay = (day: string) =>
  new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', month: 'short', day: 'numeric' }).format(
    new Date(`${day}T00:00:00Z`),
  )

/** Stacked bars, one a day, drawn on the server in percent of the width so that they fit every screen. */
export function UsageChart({ series }: { series: UsageSeries }) {
  const { days, models } = series
  const dearest = Math.max(...days.map((day) => heightOf(day.total.nanos)))
  const x = scaleBand({ domain: days.map((day) => day.day), range: [0, 100], paddingInner: 0.28, paddingOuter: 0.1 })
  const y = scaleLinear({ domain: [0, dearest || 1], range: [plotHeight, 0], nice: tickCount })
  const ticks = y.ticks(tickCount)
  const decimals = Math.max(2, ...ticks.map((tick) => `${tick}`.split('.')[1]?.length ?? 0))

  return (
    <figure className="relative">
      <div className="flex">
        <svg aria-hidden="true" width="48" height={plotHeight + 16} className="flex-none overflow-visible">
          <title>Scale in US dollars</title>
          {ticks.map((tick) => (
            <text key={tick} x="42" y={y(tick) + 12} textAnchor="end" className="fill-muted text-xs">
              ${tick.toFixed(tick === 0 ? 0 : decimals)}
            </text>
          ))}
        </svg>
        <svg
          role="img"
          aria-label={`Usage per day in US dollars, ${days.length} days. The table has the same figures.`}
          width="100%"
          height={plotHeight + 40}
          className="series-bar min-w-0 flex-1 overflow-visible"
        >
          <g transform="translate(0 8)">
            {ticks.map((tick) => (
              <line key={tick} x1="0" x2="100%" y1={y(tick)} y2={y(tick)} className="stroke-hairline" />
            ))}
            <BarStack<UsageDay, string>
              data={days}
              keys={models.map((model) => model.model)}
              x={(day) => day.day}
              value={(day, model) => heightOf(day.amounts.get(model)?.nanos ?? 0n)}
              xScale={x}
              yScale={y}
              color={(model) => modelFill(model)}
            >
              {(stacks) =>
                stacks.flatMap((stack) =>
                  stack.bars
                    .filter((bar) => bar.height > 0)
                    .map((bar) => (
                      <rect
                        key={`${stack.key}-${bar.index}`}
                        x={`${bar.x}%`}
                        y={bar.y}
                        width={`${bar.width}%`}
                        height={Math.max(bar.height, 1)}
                        className={clsx(bar.color)}
                      />
                    )),
                )
              }
            </BarStack>
            {days.map((day) => (
              <rect
                key={day.day}
                data-tip={dayTip(day, series)}
                x={`${(x(day.day) ?? 0) - x.step() * 0.14}%`}
                width={`${x.step()}%`}
                height={plotHeight}
                className="fill-transparent hover:fill-ink/5"
              />
            ))}
            {days.map((day, index) => {
              const fromEnd = days.length - 1 - index
              if (fromEnd % 7 !== 0) return null
              return (
                <text
                  key={day.day}
                  x={`${(x(day.day) ?? 0) + x.bandwidth() / 2}%`}
                  y={plotHeight + 22}
                  textAnchor={fromEnd === 0 ? 'end' : 'middle'}
                  dx={fromEnd === 0 ? 8 : 0}
                  className="fill-muted text-xs"
                >
                  {shortDay(day.day)}
                </text>
              )
            })}
          </g>
        </svg>
      </div>
    </figure>
  )
}

function dayTip(day: UsageDay, { models }: UsageSeries): string {
  const lines = models
    .filter((model) => day.amounts.has(model.model))
    .map((model) => `${model.name}: ${displayMoney(day.amounts.get(model.model)!)}`)
  return [`${shortDay(day.day)}: ${displayExact(day.total)}`, ...(lines.length > 1 ? lines : [])].join('\n')
}
