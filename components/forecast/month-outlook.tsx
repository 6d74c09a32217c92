import { type Formats, type Texts, useFormats, useTexts } from '#texts'
import type { BackTestDto, ForecastDto } from '@/lib/domain/forecast'
import { meantInsidePercent } from '@/lib/domain/forecast/rules'
import { TextLink } from '../ui/text-link'
import { errorText } from './lasts-until'

type MonthOutlookProps = { forecast: ForecastDto; hasCap: boolean }

/** What the month will come to at its end, and whether the cap is reached: a part of the month's card. */
export function MonthOutlook({ forecast, hasCap }: MonthOutlookProps) {
  const t = useTexts('forecast.month')
  const f = useFormats()
  const { month, monthTested } = forecast
  if (!month) return null
  const { low, high } = month.expected
  const [from, to] = [f.money(low), f.money(high)]
  return (
    <div className="mt-4 border-t border-hairline pt-3">
      <p className="font-medium">
        {from === to ? t('about', { amount: from }) : t('between', { low: from, high: to })}
      </p>
      <p className="mt-1 text-muted">
        {hasCap && <>{capWords(t, f, month.capReached)} </>}
        {monthTested && (
          <>
            {t('tested', { count: monthTested.forecasts, percent: errorText(f, monthTested) })}{' '}
            {insideWords(t, f, monthTested)}{' '}
          </>
        )}
        <TextLink href="/what-if">{t('simulate')}</TextLink>
      </p>
    </div>
  )
}

function insideWords(t: Texts<'forecast.month'>, f: Formats, { forecasts, insidePercent }: BackTestDto): string {
  if (forecasts === 1) return t(insidePercent === 100 ? 'insideOne' : 'outsideOne')
  return t('inside', { percent: f.percent(insidePercent), aim: f.percent(meantInsidePercent) })
}

type CapReached = NonNullable<ForecastDto['month']>['capReached']

function capWords(t: Texts<'forecast.month'>, f: Formats, reached: CapReached): string {
  if (!reached) return t('never')
  const { from, to } = reached
  if (to === null) return t('perhaps', { from: f.shortDay(from) })
  if (to === from) return t('on', { day: f.shortDay(from) })
  return t('betweenDays', { from: f.shortDay(from), to: f.shortDay(to) })
}
