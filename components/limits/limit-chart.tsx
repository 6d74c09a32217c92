import { scaleLinear, scaleTime } from '@visx/scale'
import { useFormats, useTexts } from '#texts'
import type { LimitPointDto } from '@/lib/domain/tiers'
import type { TokenKind } from '@/lib/domain/token-limits/rules'

const width = 600
const height = 72
const hourMs = 3_600_000

/** The highest quarter of an hour's use in an hour, and the limit at its end. */
export type HourPoint = LimitPointDto

/** One point for each hour with use: a week is 168 of them. */
export function byHour(points: LimitPointDto[]): HourPoint[] {
  const hours = new Map<number, HourPoint>()
  for (const point of points) {
    const hour = Math.floor(Date.parse(point.at) / hourMs) * hourMs
    const known = hours.get(hour)
    const highest = (kind: TokenKind) => ({
      used: Math.max(known?.[kind].used ?? 0, point[kind].used),
      limit: point[kind].limit,
    })
    hours.set(hour, {
      at: new Date(hour).toISOString(),
      prompt: highest('prompt'),
      uncached: highest('uncached'),
      generated: highest('generated'),
    })
  }
  return [...hours.values()]
}

type LimitChartProps = { points: HourPoint[]; kind: TokenKind; label: string; timeZone: string }

/** The limit as a line and the use as bars below it, drawn on the server. Time runs from left to right in every language. */
export function LimitChart({ points, kind, label, timeZone }: LimitChartProps) {
  const t = useTexts('limits.models')
  const f = useFormats()
  const first = points[0]!.at
  const last = points.at(-1)!.at
  const [from, to] = [Date.parse(first), Date.parse(last) + hourMs]
  const x = scaleTime({ domain: [from, to], range: [0, width] })
  const y = scaleLinear({
    domain: [0, Math.max(...points.map((point) => Math.max(point[kind].used, point[kind].limit)))],
    range: [height, 4],
  })
  const bar = Math.max(1, (x(from + hourMs) ?? 0) - 1)
  const xOf = (at: string) => (x(Date.parse(at)) ?? 0).toFixed(1)
  const used = points
    .filter((point) => point[kind].used > 0)
    .map((point) => {
      const high = Math.max(1, height - y(point[kind].used))
      return `M${xOf(point.at)} ${(height - high).toFixed(1)}h${bar.toFixed(1)}v${high.toFixed(1)}h${(-bar).toFixed(1)}z`
    })
    .join('')
  const limit = points
    .map(
      (point, index) =>
        `${index === 0 ? 'M' : 'L'}${xOf(point.at)} ${y(points[Math.max(0, index - 1)]![kind].limit).toFixed(1)}V${y(point[kind].limit).toFixed(1)}`,
    )
    .join('')
  return (
    <figure dir="ltr" className="mt-3">
      <svg
        role="img"
        aria-label={label}
        width="100%"
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className="block"
      >
        <title>{label}</title>
        <line x1="0" x2={width} y1={height} y2={height} className="stroke-hairline" />
        <path d={used} className="fill-(--series-1)" />
        <path
          d={`${limit}H${width}`}
          fill="none"
          strokeWidth="1.5"
          vectorEffect="non-scaling-stroke"
          className="stroke-ink"
        />
      </svg>
      <figcaption className="mt-1 flex justify-between gap-2 text-xs text-muted">
        <span>{f.shortDay(first, timeZone)}</span>
        <span>{t('legend')}</span>
        <span>{f.shortDay(last, timeZone)}</span>
      </figcaption>
    </figure>
  )
}
