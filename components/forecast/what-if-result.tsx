import { type Formats, type Texts, useFormats, useTexts } from '#texts'
import { add, formatMoney, parseMoney } from '@/lib/core/money'
import { dayKeyAt } from '@/lib/core/time'
import type { BillingMode } from '@/lib/domain/contracts/rules'
import type { WhatIfDto } from '@/lib/domain/forecast'
import { ButtonLink } from '../ui/button-link'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { ViewChoice } from '../usage/chart-card'
import { BalanceChart } from './balance-chart'
import { capHref, topUpHref } from './what-if-query'

type ResultProps = { result: WhatIfDto }
type WhatIfResultProps = ResultProps & { mode: BillingMode; isCurrent: boolean; canWrite: boolean }

const minuteMs = 60_000
const minutesAnHour = 60

/** Time in whole minutes, in words. */
function useDuration(): (ms: number) => string {
  const t = useTexts('forecast.result')
  return (ms) => {
    const minutes = Math.round(ms / minuteMs)
    return t('duration', { hours: Math.floor(minutes / minutesAnHour), minutes: minutes % minutesAnHour })
  }
}

/** What the settings would have come to, beside what happened, and where to set them for good. */
export function WhatIfResult({ result, mode, isCurrent, canWrite }: WhatIfResultProps) {
  const t = useTexts('forecast.result')
  const f = useFormats()
  const duration = useDuration()
  const { outcome, reality, timeZone, tried, current } = result
  const month = f.month(result.month)
  const facts = { amount: f.money(outcome.refusedValue), duration: duration(outcome.pausedMs) }
  const last = new Date(Date.parse(result.endsAt) - 1).toISOString()
  const isOtherCap = tried.cap !== current.cap
  const isPostPaid = result.creditLimits.some(({ limit }) => limit !== null)
  const mayBuy = couldBuy(result)
  const isOtherTopUp = JSON.stringify(planOf(tried.plan)) !== JSON.stringify(planOf(current.plan))
  return (
    <Card
      id="result"
      title={t(isCurrent ? 'current' : 'title', { month })}
      description={t('partly', { from: f.day(result.startsAt, timeZone), to: f.day(last, timeZone), zone: timeZone })}
    >
      <p className="text-lg font-medium">
        {outcome.refused === 0 ? t('fine') : t('refused', { count: outcome.refused, ...facts })}{' '}
        {mayBuy && t('bought', { count: outcome.purchases.length, amount: f.money(outcome.purchased) })}{' '}
        {outcome.heldBack && t(`heldBack.${outcome.heldBack}`)}
      </p>
      {(isPostPaid || mode === 'postpaid') && <p className="mt-2">{billedWords(t, f, result).join(' ')}</p>}
      {canWrite && (isOtherCap || isOtherTopUp) && (
        <p className="mt-3 flex flex-wrap gap-2">
          {isOtherCap && <ButtonLink href={capHref(tried)}>{t('applyCap')}</ButtonLink>}
          {isOtherTopUp && <ButtonLink href={topUpHref(tried)}>{t('applyTopUp')}</ButtonLink>}
        </p>
      )}
      <div className="-mx-4 mt-4 sm:-mx-5">
        <Table caption={t('compare')}>
          <thead>
            <tr>
              <Th>{t('what')}</Th>
              <Th isFigure>{t('tried')}</Th>
              <Th isFigure>{t('real')}</Th>
            </tr>
          </thead>
          <tbody>
            <Row label={t('rows.accepted')} tried={f.number(outcome.accepted)} real={f.number(reality.requests)} />
            <Row label={t('rows.refused')} tried={f.number(outcome.refused)} real={t('notKept')} />
            {outcome.refusedByCap > 0 && (
              <Row label={t('rows.refusedByCap')} tried={f.number(outcome.refusedByCap)} real={t('notKept')} />
            )}
            <Row
              label={t('rows.refusedValue')}
              tried={<MoneyText amount={outcome.refusedValue} />}
              real={t('notKept')}
            />
            <Row label={t('rows.paused')} tried={facts.duration} real={t('notKept')} />
            <Row
              label={t('rows.spent')}
              tried={<MoneyText amount={outcome.spent} />}
              real={<MoneyText amount={reality.spent} />}
            />
            {(mayBuy || reality.purchases.length > 0) && (
              <Row
                label={t('rows.purchases')}
                tried={<Bought figures={outcome} />}
                real={<Bought figures={reality} />}
              />
            )}
            <Row
              label={t('rows.lowest')}
              tried={<MoneyText amount={outcome.lowest} />}
              real={<MoneyText amount={reality.lowest} />}
            />
            <Row
              label={t('rows.ending')}
              tried={<MoneyText amount={outcome.ending} isFocusable />}
              real={<MoneyText amount={reality.ending} isFocusable />}
            />
          </tbody>
        </Table>
      </div>
      <p className="mt-3 text-muted">
        {t(result.exactness === 'hours' ? 'hours' : 'exact', { count: reality.requests })}{' '}
        {t(mayBuy ? 'limits' : 'limitsPostPaid')} {isPostPaid && t('invoices')}
      </p>
    </Card>
  )
}

/** Whether auto top-up could buy in it: while the account was prepaid. */
const couldBuy = ({ creditLimits }: WhatIfDto): boolean => creditLimits.some(({ limit }) => limit === null)

/** How the account is billed in the simulation, a sentence for each stretch of it. */
function billedWords(t: Texts<'forecast.result'>, f: Formats, { creditLimits, tried, timeZone }: WhatIfDto): string[] {
  if (tried.creditLimit !== null) return [t('creditLimits.tried', { limit: f.money(tried.creditLimit) })]
  const [first, second] = creditLimits
  if (!second)
    return [first?.limit ? t('creditLimits.one', { limit: f.money(first.limit) }) : t('creditLimits.prepaid')]
  return creditLimits.map(({ from, limit }) => {
    const since = f.instant(from, timeZone)
    return limit ? t('creditLimits.from', { since, limit: f.money(limit) }) : t('creditLimits.prepaidFrom', { since })
  })
}

const planOf = ({ isOn, minimum, mode, amount, target, monthlyLimit }: WhatIfDto['tried']['plan']) =>
  isOn ? [minimum, mode, mode === 'amount' ? amount : target, monthlyLimit] : []

function Row({ label, tried, real }: { label: string; tried: React.ReactNode; real: React.ReactNode }) {
  return (
    <tr>
      <Td>{label}</Td>
      <Td isFigure className="font-medium max-sm:whitespace-normal">
        {tried}
      </Td>
      <Td isFigure className="text-muted max-sm:whitespace-normal">
        {real}
      </Td>
    </tr>
  )
}

function Bought({ figures }: { figures: WhatIfDto['reality'] }) {
  const t = useTexts('forecast.result')
  return (
    <>
      <MoneyText amount={figures.purchased} />
      {figures.purchases.length > 0 && (
        <span className="block text-xs text-muted">{t('purchases', { count: figures.purchases.length })}</span>
      )}
    </>
  )
}

/** The balance over the month as a chart, and day by day as a table. */
export function TimelineCard({ result }: ResultProps) {
  const t = useTexts('forecast.chart')
  return (
    <div className="twin">
      <Card id="timeline" title={t('title')} description={t('body')} action={<ViewChoice name="what-if-view" />}>
        <div className="twin-chart">
          <BalanceChart result={result} />
          <Legend result={result} />
        </div>
        <div className="twin-table">
          <TimelineTable result={result} />
        </div>
      </Card>
    </div>
  )
}

function Legend({ result }: ResultProps) {
  const t = useTexts('forecast.chart')
  const mark = 'h-3 w-5 flex-none'
  return (
    <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5">
      <li className="flex items-center gap-2">
        <svg aria-hidden="true" viewBox="0 0 20 12" className={mark}>
          <path d="M0 6h20" strokeWidth="2" className="stroke-(--series-1)" />
        </svg>
        {t('legend.tried')}
      </li>
      <li className="flex items-center gap-2">
        <svg aria-hidden="true" viewBox="0 0 20 12" className={mark}>
          <path d="M0 6h20" strokeWidth="1.5" strokeDasharray="5 4" className="stroke-muted" />
        </svg>
        {t('legend.real')}
      </li>
      {result.outcome.purchases.length > 0 && (
        <li className="flex items-center gap-2">
          <svg aria-hidden="true" viewBox="0 0 20 12" className={mark}>
            <circle cx="10" cy="6" r="4.5" className="fill-good-ink" />
          </svg>
          {t('legend.purchase')}
        </li>
      )}
      {result.outcome.pauses.length > 0 && (
        <li className="flex items-center gap-2">
          <svg aria-hidden="true" viewBox="0 0 20 12" className={mark}>
            <rect width="20" height="12" className="fill-bad-ink/20" />
          </svg>
          {t('legend.pause')}
        </li>
      )}
    </ul>
  )
}

interface DayLine {
  day: string
  tried: string
  real: string
  bought: string
  pausedMs: number
}

function TimelineTable({ result }: ResultProps) {
  const t = useTexts('forecast.chart')
  const f = useFormats()
  const duration = useDuration()
  const mayBuy = couldBuy(result)
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls the box with the arrow keys.
      tabIndex={0}
      aria-label={t('caption')}
      className="-mx-4 max-h-96 overflow-auto sm:-mx-5"
    >
      <Table caption={t('caption')}>
        <thead>
          <tr>
            <Th>{t('day')}</Th>
            <Th isFigure>{t('balance')}</Th>
            <Th isFigure>{t('real')}</Th>
            {mayBuy && <Th isFigure>{t('bought')}</Th>}
            <Th isFigure>{t('paused')}</Th>
          </tr>
        </thead>
        <tbody>
          {linesOf(result).map(({ day, tried, real, bought, pausedMs }) => (
            <tr key={day}>
              <Td>{f.shortDay(day)}</Td>
              <Td isFigure>
                <MoneyText amount={tried} />
              </Td>
              <Td isFigure>
                <MoneyText amount={real} />
              </Td>
              {mayBuy && <Td isFigure>{bought === '0.00' ? '–' : <MoneyText amount={bought} />}</Td>}
              <Td isFigure className="max-sm:whitespace-normal">
                {pausedMs === 0 ? '–' : duration(pausedMs)}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  )
}

/** Each day of the billing time zone, with the balances at its end. */
function linesOf({ startsAt, endsAt, timeZone, outcome, reality }: WhatIfDto): DayLine[] {
  const hourMs = 60 * minuteMs
  const lines = new Map<string, DayLine>()
  let [tried, real] = [outcome.balances[0]!.balance, reality.balances[0]!.balance]
  const next = { tried: 1, real: 1 }
  for (let at = Date.parse(startsAt); at < Date.parse(endsAt); at += hourMs) {
    const hourEnd = at + hourMs
    for (
      ;
      next.tried < outcome.balances.length && Date.parse(outcome.balances[next.tried]!.at) <= hourEnd;
      next.tried++
    )
      tried = outcome.balances[next.tried]!.balance
    for (; next.real < reality.balances.length && Date.parse(reality.balances[next.real]!.at) <= hourEnd; next.real++)
      real = reality.balances[next.real]!.balance
    const day = dayKeyAt(new Date(at), timeZone)
    const line = lines.get(day) ?? { day, tried, real, bought: '0.00', pausedMs: 0 }
    const pausedMs = outcome.pauses.reduce(
      (sum, { from, to }) => sum + Math.max(0, Math.min(hourEnd, Date.parse(to)) - Math.max(at, Date.parse(from))),
      0,
    )
    lines.set(day, { ...line, tried, real, pausedMs: line.pausedMs + pausedMs })
  }
  for (const { at, amount } of outcome.purchases) {
    const line = lines.get(dayKeyAt(new Date(at), timeZone))
    if (line) line.bought = formatMoney(add(parseMoney(line.bought), parseMoney(amount)))
  }
  return [...lines.values()]
}
