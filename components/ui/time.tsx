import { useFormats } from '#texts'

/** Dates as people read them, in a named zone. The parts are joined here, so that server and browser write the same. */
function partsOf(at: string, timeZone: string): Record<string, string> {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return Object.fromEntries(format.formatToParts(new Date(at)).map((part) => [part.type, part.value]))
}

/** "Nov 21, 2026" */
export function displayDay(at: string, timeZone: string): string {
  const { month, day, year } = partsOf(at, timeZone)
  return `${month} ${day}, ${year}`
}

/** "Nov 21, 2026, 07:12 UTC" */
export function displayInstant(at: string, timeZone: string): string {
  const { hour, minute } = partsOf(at, timeZone)
  return `${displayDay(at, timeZone)}, ${hour}:${minute} ${timeZone}`
}

/** "November 2026" from "2026-11" */
export function displayMonth(month: string): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', year: 'numeric', month: 'long' })
  return format.format(new Date(`${month}-01T00:00:00Z`))
}

type TimeTextProps = { at: string; timeZone: string; withClock?: boolean }

/** A day, with the full instant on hover; or the full instant itself. */
export function TimeText({ at, timeZone, withClock = false }: TimeTextProps) {
  const f = useFormats()
  const instant = f.instant(at, timeZone)
  return (
    <time dateTime={at} data-tip={instant} className="whitespace-nowrap">
      {withClock ? instant : f.day(at, timeZone)}
    </time>
  )
}
