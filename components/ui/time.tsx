import { useFormats } from '#texts'

type TimeTextProps = { at: string; timeZone: string; withClock?: boolean }

/** A day, with the full instant on hover; or the full instant itself. */
export function TimeText({ at, timeZone, withClock = false }: TimeTextProps) {
  const f = useFormats()
  const instant = f.instant(at, timeZone)
  return (
    <time dateTime={at} data-tip={instant} className="whitespace-nowrap max-[24rem]:whitespace-normal">
      {withClock ? instant : f.day(at, timeZone)}
    </time>
  )
}
