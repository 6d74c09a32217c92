import { scaleBand, scaleLinear } from '@visx/scale'
import { BarStack } from '@visx/shape'
import clsx from 'clsx'
import { useFormats } from '#texts'
import { formatMoney, nanosPerUnit } from '@/lib/core/money'
import type { ChartBar, ChartData } from './chart-data'

const plotWidth = 1000
const plotHeight = 176
const tickCount = 4
const labelCount = 4
const top = 8

/** Dollars as a number: for the height of a bar only, never for a figure. */
const heightOf = (nanos: bigint) => Number(nanos) / Number(nanosPerUnit)

/**
 * Stacked bars in dollars, drawn on the server: one path for each group, in a box that stretches with the screen. Time runs from
 * left to right in every language.
 */
export function UsageChart({ data, label }: { data: ChartData; label: string }) {
  const f = useFormats()
  const { bars, groups } = data
  const dearest = Math.max(...bars.map((bar) => heightOf(bar.total.nanos)), 0)
  const x = scaleBand({
    domain: bars.map((bar) => bar.key),
    range: [0, plotWidth],
    paddingInner: 0.28,
    paddingOuter: 0.14,
  })
  const y = scaleLinear({ domain: [0, dearest || 1], range: [plotHeight, 0], nice: tickCount })
  const ticks = y.ticks(tickCount).map((tick) => ({ at: y(tick), text: tickText(tick, f) }))
  const gutter = Math.max(...ticks.map(({ text }) => text.length)) * 6.5 + 10
  const every = Math.max(1, Math.ceil(bars.length / labelCount))

  return (
    <figure dir="ltr" className="flex">
      <svg aria-hidden="true" width={gutter} height={plotHeight + 16} className="flex-none overflow-visible">
        {ticks.map(({ at, text }) => (
          <text key={text} x={gutter - 6} y={at + 12} textAnchor="end" className="fill-muted text-xs">
            {text}
          </text>
        ))}
      </svg>
      <svg
        role="img"
        aria-label={label}
        width="100%"
        height={plotHeight + 40}
        className="min-w-0 flex-1 overflow-visible"
      >
        {ticks.map(({ at, text }) => (
          <line key={text} x1="0" x2="100%" y1={at + top} y2={at + top} className="stroke-hairline" />
        ))}
        <svg
          aria-hidden="true"
          x="0"
          y={top}
          width="100%"
          height={plotHeight}
          viewBox={`0 0 ${plotWidth} ${plotHeight}`}
          preserveAspectRatio="none"
        >
          <BarStack<ChartBar, string>
            data={bars}
            keys={groups.map((group) => group.id)}
            x={(bar) => bar.key}
            value={(bar, group) => heightOf(bar.amounts.get(group)?.nanos ?? 0n)}
            xScale={x}
            yScale={y}
            color={() => ''}
          >
            {(stacks) =>
              stacks.map((stack, place) => (
                <path
                  key={stack.key}
                  className={groups[place]!.fill}
                  d={stack.bars
                    .filter((bar) => bar.height > 0)
                    .map(pathOf)
                    .join('')}
                />
              ))
            }
          </BarStack>
          {bars.map((bar) => (
            <rect
              key={bar.key}
              data-tip={tipOf(bar, data, f)}
              x={((x(bar.key) ?? 0) - x.step() * 0.14).toFixed(1)}
              width={x.step().toFixed(1)}
              height={plotHeight}
              className="fill-transparent hover:fill-ink/5"
            />
          ))}
        </svg>
        {bars.map((bar, index) => {
          const fromEnd = bars.length - 1 - index
          if (fromEnd % every !== 0) return null
          const isLast = fromEnd === 0 && bars.length > 1
          return (
            <text
              key={bar.key}
              x={`${isLast ? 100 : ((x(bar.key) ?? 0) + x.bandwidth() / 2) / (plotWidth / 100)}%`}
              y={plotHeight + 30}
              textAnchor={isLast ? 'end' : 'middle'}
              className={clsx('fill-muted text-xs', (fromEnd / every) % 2 === 1 && 'max-[24rem]:hidden')}
            >
              {bar.label}
            </text>
          )
        })}
      </svg>
    </figure>
  )
}

/** At least a pixel high: little usage is not none. */
function pathOf({ x, y, width, height }: { x: number; y: number; width: number; height: number }): string {
  const high = Math.max(height, 1)
  return `M${x.toFixed(1)} ${(y + height - high).toFixed(1)}h${width.toFixed(1)}v${high.toFixed(1)}h${(-width).toFixed(1)}z`
}

type Formats = ReturnType<typeof useFormats>

function tickText(tick: number, f: Formats): string {
  const decimal = tick.toFixed(9)
  return Math.round(tick * 100) / 100 === Number(decimal) ? f.money(decimal) : f.exactMoney(decimal)
}

function tipOf(bar: ChartBar, { groups }: ChartData, f: Formats): string {
  const lines = [...groups]
    .reverse()
    .filter((group) => bar.amounts.has(group.id))
    .map((group) => `${group.name}: ${f.money(bar.amounts.get(group.id)!)}`)
  return [`${bar.title}: ${f.exactMoney(formatMoney(bar.total), bar.total.currency)}`, ...lines].join('\n')
}
