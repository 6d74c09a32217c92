import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import { parseMoney } from '@/lib/core/money'
import type { UsageSeriesDto } from '@/lib/domain/usage'
import { MoneyText } from '../ui/money'
import { ChangeText } from './change-text'

/** What the range came to, each figure beside that of the period before. */
export function UsageTotals({ series }: { series: UsageSeriesDto }) {
  const t = useTexts('usage')
  const f = useFormats()
  const { totals, previous, previousRange, currency } = series
  const period = t('fromTo', { from: f.day(previousRange.from), to: f.day(previousRange.to) })
  return (
    <section aria-labelledby="totals-title" className="rounded-ui border border-hairline bg-surface p-4 sm:p-5">
      <h2 id="totals-title" className="sr-only">
        {t('totals.title')}
      </h2>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-4 md:grid-cols-5">
        <Figure
          label={t('totals.cost')}
          before={<MoneyText amount={previous.amount} currency={currency} />}
          change={[parseMoney(totals.amount).nanos, parseMoney(previous.amount).nanos]}
          isFirst
        >
          <data value={totals.amount} id="usage-total">
            <MoneyText amount={totals.amount} currency={currency} isFocusable />
          </data>
        </Figure>
        <Count label={t('totals.requests')} now={totals.events} before={previous.events} />
        <Count label={t('totals.input')} now={totals.inputTokens} before={previous.inputTokens} />
        <Count label={t('totals.cached')} now={totals.cachedInputTokens} before={previous.cachedInputTokens} />
        <Count label={t('totals.output')} now={totals.outputTokens} before={previous.outputTokens} />
      </dl>
      <p className="mt-4 text-xs text-muted">{t('totals.compared', { period })}</p>
    </section>
  )
}

function Count({ label, now, before }: { label: string; now: number; before: number }) {
  const f = useFormats()
  return (
    <Figure label={label} before={f.number(before)} change={[BigInt(now), BigInt(before)]}>
      {f.number(now)}
    </Figure>
  )
}

type FigureProps = {
  label: string
  before: ReactNode
  change: [bigint, bigint]
  isFirst?: boolean
  children: ReactNode
}

function Figure({ label, before, change: [now, earlier], isFirst, children }: FigureProps) {
  const t = useTexts('usage')
  return (
    <div className={isFirst ? 'min-w-0 max-md:col-span-2' : 'min-w-0'}>
      <dt className="text-xs text-muted">{label}</dt>
      <dd className={isFirst ? 'text-xl font-semibold tracking-tight' : 'text-lg font-medium'}>{children}</dd>
      <dd className="mt-0.5 text-xs text-muted">
        <ChangeText now={now} before={earlier} />
        {earlier > 0n && <span className="block">{t.rich('totals.before', { figure: () => before })}</span>}
      </dd>
    </div>
  )
}
