import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import type { StatementDto } from '@/lib/domain/statement'
import { Card } from '../ui/card'
import { Figure } from './figure'

/** What the range began with, what came and went, what it ended with; and the balance now, or as it was. */
export function StatementSummary({ statement }: { statement: StatementDto }) {
  const t = useTexts('statement')
  const f = useFormats()
  const { asOf, balance, range, currency, timeZone } = statement
  const figure = (amount: string) => <Figure amount={amount} currency={currency} />
  return (
    <Card id="balance" title={asOf ? t('summary.then', { at: f.instant(asOf, timeZone) }) : t('summary.now')}>
      <p className="text-[2rem] leading-10 font-semibold tracking-tight">{figure(balance)}</p>
      <p className="mt-4 text-muted print:mt-2">
        <RangeWords statement={statement} />
      </p>
      <dl className="mt-2 grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
        <Sum label={t('summary.opening')}>{figure(range.opening)}</Sum>
        <Sum label={t('summary.in')}>{figure(range.moneyIn)}</Sum>
        <Sum label={t('summary.out')}>{figure(range.moneyOut)}</Sum>
        <Sum label={t('summary.closing')}>{figure(range.closing)}</Sum>
      </dl>
      {range.kinds.length > 1 && (
        <details className="mt-4 group" open>
          <summary className="cursor-pointer font-medium print:hidden">{t('summary.byKind')}</summary>
          <dl className="mt-2 grid gap-x-8 gap-y-1 sm:grid-cols-2">
            {range.kinds.map(({ kind, count, amount }) => (
              <div key={kind} className="flex justify-between gap-4">
                <dt className="min-w-0 text-muted">
                  {t('summary.kindLine', { kind: t(`kinds.${kind}`), count: f.number(count) })}
                </dt>
                <dd className="text-end">
                  <Figure amount={amount} currency={currency} isSigned />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </Card>
  )
}

const Sum = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt className="text-xs text-muted">{label}</dt>
    <dd className="font-medium">{children}</dd>
  </div>
)

function RangeWords({ statement: { range, asOf, timeZone } }: { statement: StatementDto }) {
  const t = useTexts('statement')
  const f = useFormats()
  const { from, to, count } = range
  // A moment in the past ends every range that would go beyond it.
  const isCut = asOf !== null && (to === null || asOf.slice(0, 10) <= to)
  const end = isCut ? f.instant(asOf, timeZone) : to && f.day(to)
  if (from && end) return t('summary.days', { from: f.day(from), to: end, count })
  if (from) return t('summary.since', { from: f.day(from), count })
  if (end) return t('summary.until', { to: end, count })
  return t('summary.all', { count })
}
