import { type Formats, type Texts, useFormats, useTexts } from '#texts'
import type { BackTestDto, ForecastDto } from '@/lib/domain/forecast'
import { meantInsidePercent } from '@/lib/domain/forecast/rules'

/**
 * How long credit lasts, or when a post-paid account reaches its credit limit, with how it was worked out and how right that was: a
 * part of the balance card.
 */
export function LastsUntil({ forecast }: { forecast: ForecastDto }) {
  const t = useTexts('forecast.lasts')
  const limit = useTexts('forecast.reaches')
  const f = useFormats()
  const { runsOut, basis, runsOutTested, isPostPaid } = forecast
  const words: Words = isPostPaid ? limit : t
  const known = knownWords(words, f, runsOut)
  return (
    <div className="mt-4 border-t border-hairline pt-3">
      <h3 className="sr-only">{words('title')}</h3>
      {known ? (
        <>
          <p className="text-lg font-medium">{known}</p>
          <p className="mt-1 text-muted">
            {basis && words('method', { days: basis.days, perDay: f.money(basis.perDay) })}
            {runsOut.kind === 'range' && runsOut.expiring && (
              <> {words('expiring', { amount: f.money(runsOut.expiring) })}</>
            )}
            {runsOutTested && (
              <>
                {' '}
                {t('tested', { percent: errorText(f, runsOutTested) })}{' '}
                {t('inside', { percent: f.percent(runsOutTested.insidePercent), aim: f.percent(meantInsidePercent) })}
              </>
            )}
          </p>
        </>
      ) : (
        <p className="text-muted">{unknownWords(words, runsOut)}</p>
      )}
    </div>
  )
}

/** The same sentences of credit and of a credit limit. */
type Words = Texts<'forecast.lasts'> | Texts<'forecast.reaches'>
type RunsOut = ForecastDto['runsOut']

function knownWords(t: Words, f: Formats, runsOut: RunsOut): string | null {
  if (runsOut.kind === 'beyond') return t('year')
  if (runsOut.kind !== 'range') return null
  const { from, to } = runsOut
  if (to === null) return t('orLater', { from: f.day(from) })
  if (to === from) return t('until', { day: f.day(from) })
  // The year is said once where it is the same.
  return t('between', { from: from.slice(0, 4) === to.slice(0, 4) ? f.shortDay(from) : f.day(from), to: f.day(to) })
}

function unknownWords(t: Words, runsOut: RunsOut): string {
  if (runsOut.kind === 'too_little') {
    return t('tooLittle', { count: runsOut.daysWithUsage, needed: runsOut.daysNeeded })
  }
  return t(runsOut.kind === 'used_up' ? 'usedUp' : 'noUsage')
}

/** "±18%", from left to right in every language. */
export const errorText = (f: Formats, { errorPercent }: BackTestDto): string =>
  `\u2066±${f.percent(errorPercent)}\u2069`
