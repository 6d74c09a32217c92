import { useFormats, useTexts } from '#texts'
import type { BudgetDto } from '@/lib/domain/budgets'
import { Badge } from '../ui/badge'
import { Meter } from '../ui/meter'
import { MoneyText } from '../ui/money'

const usualNear = 80

/** What of a budget is used, held and left, and when it begins anew. */
export function BudgetMeter({ budget }: { budget: BudgetDto }) {
  const t = useTexts('budgets')
  const f = useFormats()
  const { percent, window, resetsAt, timeZone, subject } = budget
  const near = Math.min(...budget.warnAtPercent, usualNear)
  const notes = [
    ...(Number(budget.held) > 0 ? [t('list.held', { amount: f.money(budget.held) })] : []),
    percent >= 100 ? t('list.reached') : t('list.rest', { amount: f.money(budget.left) }),
    resetsAt ? t('list.resets', { instant: f.instant(resetsAt, timeZone) }) : t('list.forever'),
  ]
  return (
    <div className="min-w-0">
      <p className="mb-1.5 flex flex-wrap items-center justify-between gap-x-3">
        <Badge>{t(`windows.${window}`)}</Badge>
        <span>
          {t.rich('list.of', {
            spent: () => <MoneyText amount={budget.spent} className="font-medium" />,
            limit: () => <MoneyText amount={budget.limit} />,
          })}
        </span>
      </p>
      <Meter
        label={t('list.meter', { percent: f.percent(percent), name: subject.name })}
        percent={percent}
        tone={percent >= 100 ? 'bad' : percent >= near ? 'warn' : 'accent'}
      />
      <p className="mt-1.5 text-muted">{notes.join(' · ')}</p>
    </div>
  )
}
