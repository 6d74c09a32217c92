import clsx from 'clsx'

type MeterProps = { label: string; percent: number; tone: 'accent' | 'warn' | 'bad'; marks?: number[] }

const fills = { accent: 'fill-accent', warn: 'fill-warn-ink', bad: 'fill-bad-ink' }

/** How much of a limit is used. The words stand beside it; drawn as SVG because its width is a figure, not a style. */
export function Meter({ label, percent, tone, marks = [] }: MeterProps) {
  const shown = Math.max(0, Math.min(100, percent))
  return (
    <svg
      role="img"
      aria-label={label}
      width="100%"
      height="8"
      className="block overflow-hidden rounded-full rtl:-scale-x-100"
    >
      <title>{label}</title>
      <rect width="100%" height="8" className="fill-sunken stroke-hairline" />
      <rect width={`${shown}%`} height="8" className={clsx('transition-[width]', fills[tone])} />
      {marks.map((mark) => (
        <rect key={mark} x={`${mark}%`} width="2" height="8" className="fill-surface" />
      ))}
    </svg>
  )
}
