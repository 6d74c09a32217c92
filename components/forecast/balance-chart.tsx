import { scaleLinear, scaleTime } from '@visx/scale'
import { type Formats, useFormats, useTexts } from '#texts'
import { nanosPerUnit, parseMoney } from '@/lib/core/money'
import type { WhatIfDto } from '@/lib/domain/forecast'

const width = 1000
const height = 200
const top = 10
const tickCount = 4
const labelCount = 4

/** Dollars as a number: for a place in the chart only, never for a figure. */
const heightOf = (decimal: string) => Number(parseMoney(decimal).nanos) / Number(nanosPerUnit)

/**
 * The balance with the settings that were tried, and as it was, drawn on the server; purchases are points, pauses are shaded. Time
 * runs from left to right in every language.
 */
export function BalanceChart({ result }: { result: WhatIfDto }) {
  const t = useTexts('forecast.chart')
  const f = useFormats()
  const { startsAt, endsAt, timeZone, outcome, reality } = result
  const x = scaleTime({ domain: [Date.parse(startsAt), Date.parse(endsAt)], range: [0, width] })
  const heights = [...outcome.balances, ...reality.balances].map(({ balance }) => heightOf(balance))
  const highest = heights.reduce((a, b) => Math.max(a, b), 0)
  const lowest = heights.reduce((a, b) => Math.min(a, b), 0)
  const y = scaleLinear({ domain: [lowest, highest === lowest ? 1 : highest], range: [height, 0], nice: tickCount })
  const ticks = y.ticks(tickCount).map((tick) => ({ at: y(tick) + top, text: f.money(tick.toFixed(9)) }))
  const gutter = Math.max(...ticks.map(({ text }) => text.length)) * 6.5 + 10
  const xOf = (at: string) => Math.min(width, Math.max(0, x(Date.parse(at))))
  const line = (points: WhatIfDto['reality']['balances']) =>
    `${points
      .map(({ at, balance }, index) => {
        const place = y(heightOf(balance)).toFixed(1)
        return index === 0 ? `M0 ${place}` : `H${xOf(at).toFixed(1)}V${place}`
      })
      .join('')}H${width}`
  const label = t('label', {
    from: f.day(startsAt, timeZone),
    to: f.day(endsAt, timeZone),
    start: f.money(outcome.balances[0]!.balance),
    end: f.money(outcome.ending),
    lowest: f.money(outcome.lowest),
  })
  return (
    <figure dir="ltr" className="flex">
      <svg aria-hidden="true" width={gutter} height={height + top * 2} className="flex-none overflow-visible">
        {ticks.map(({ at, text }) => (
          <text key={text} x={gutter - 6} y={at + 4} textAnchor="end" className="fill-muted text-xs">
            {text}
          </text>
        ))}
      </svg>
      <svg
        role="img"
        aria-label={label}
        width="100%"
        height={height + top + 30}
        className="min-w-0 flex-1 overflow-visible"
      >
        {ticks.map(({ at, text }) => (
          <line key={text} x1="0" x2="100%" y1={at} y2={at} className="stroke-hairline" />
        ))}
        <svg
          aria-hidden="true"
          y={top}
          width="100%"
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
        >
          {outcome.pauses.map(({ from, to, because }) => (
            <rect
              key={from}
              data-tip={t(`pause.${because}`, { from: f.instant(from, timeZone), to: f.instant(to, timeZone) })}
              x={xOf(from).toFixed(1)}
              width={Math.max(1, xOf(to) - xOf(from)).toFixed(1)}
              height={height}
              className="fill-bad-ink/20"
            />
          ))}
          <path
            d={line(reality.balances)}
            fill="none"
            strokeWidth="1.5"
            strokeDasharray="5 4"
            vectorEffect="non-scaling-stroke"
            className="stroke-muted"
          />
          <path
            d={line(outcome.balances)}
            fill="none"
            strokeWidth="2"
            vectorEffect="non-scaling-stroke"
            className="stroke-(--series-1)"
          />
        </svg>
        <Purchases result={result} place={(at) => `${(xOf(at) / width) * 100}%`} at={y(lowest) + top} f={f} />
        {dayLabels(startsAt, endsAt).map((at, index, all) => (
          <text
            key={at}
            x={`${(xOf(at) / width) * 100}%`}
            y={height + top + 24}
            textAnchor={index === 0 ? 'start' : index === all.length - 1 ? 'end' : 'middle'}
            className="fill-muted text-xs"
          >
            {f.shortDay(at, timeZone)}
          </text>
        ))}
      </svg>
    </figure>
  )
}

type PurchasesProps = { result: WhatIfDto; place: (at: string) => string; at: number; f: Formats }

/** Purchases stand at the foot of the chart, where none hides the line. */
function Purchases({ result, place, at, f }: PurchasesProps) {
  const t = useTexts('forecast.chart')
  return result.outcome.purchases.map((purchase) => (
    <circle
      key={purchase.at}
      cx={place(purchase.at)}
      cy={at}
      r="4.5"
      strokeWidth="2"
      data-tip={t('purchase', {
        instant: f.instant(purchase.at, result.timeZone),
        amount: f.money(purchase.amount),
      })}
      className="fill-good-ink stroke-surface"
    />
  ))
}

function dayLabels(startsAt: string, endsAt: string): string[] {
  const [from, to] = [Date.parse(startsAt), Date.parse(endsAt) - 1]
  return Array.from({ length: labelCount }, (_, index) =>
    new Date(from + ((to - from) * index) / (labelCount - 1)).toISOString(),
  )
}
