import { type Formats, type Texts, useFormats, useTexts } from '#texts'
import type { BackTestDto, ForecastDto } from '@/lib/domain/forecast'
import { meantInsidePercent } from '@/lib/domain/forecast/rules'

/** How long credit lasts, with how it was worked out and how right that was: a part of the balance card. */
export function LastsUntil({ forecast }: { forecast: ForecastDto }) {
  const t = useTexts('forecast.lasts')
  const f = useFormats()
  const { runsOut, basis, runsOutTested } = forecast
  const known = knownWords(t, f, runsOut)
  return (
    <div className="mt-4 border-t border-hairline pt-3">
      <h3 className="sr-only">{t('title')}</h3>
      {known ? (
        <>
          <p className="text-lg font-medium">{known}</p>
          <p className="mt-1 text-muted">
            {basis && t('method', { days: basis.days, perDay: f.money(basis.perDay) })}
            {runsOut.kind === 'range' && runsOut.expiring && (
              <> {t('expiring', { amount: f.money(runsOut.expiring) })}</>
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
        <p className="text-muted">{unknownWords(t, runsOut)}</p>
      )}
    </div>
  )
}

type RunsOut = ForecastDto['runsOut']

function knownWords(t: Texts<'forecast.lasts'>, f: Formats, runsOut: RunsOut): string | null {
  if (runsOut.kind === 'beyond') return t('year')
  if (runsOut.kind !== 'range') return null
  const { from, to } = runsOut
  if (to === null) return t('orLater', { from: f.day(from) })
  if (to === from) return t('until', { day: f.day(from) })
  // The year is said once where it is the same.
  return t('between', { from: from.slice(0, 4) === to.slice(0, 4) ? f.shortDay(from) : f.day(from), to: f.day(to) })
}

function unknownWords(t: Texts<'forecast.lasts'>, runsOut: RunsOut): string {
  if (runsOut.kind === 'too_little') {
    return t('tooLittle', { count: runsOut.daysWithUsage, needed: runsOut.daysNeeded })
  }
  return t(runsOut.kind === 'used_up' ? 'usedUp' : 'noUsage')
}

/** "±18%", from left to right in every language. */
export const errorText = (f: Formats, { errorPercent }: BackTestDto): string =>
  `\u2066±${f.percent(errorPercent)}\u2069`
