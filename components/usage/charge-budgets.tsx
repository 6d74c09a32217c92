import { useFormats, useTexts } from '#texts'
import type { ChargeBudget, ChargeDto } from '@/lib/domain/usage'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'

/** The caps and budgets that the charge counted against. */
export function ChargeBudgets({ charge }: { charge: ChargeDto }) {
  const t = useTexts('usage')
  const f = useFormats()
  return (
    <Card id="budgets" title={t('charge.budgets.title')} description={t('charge.budgets.description')}>
      {charge.budgets.length === 0 ? (
        <p>{t('charge.budgets.none')}</p>
      ) : (
        <ul className="flex flex-col gap-3">
          {charge.budgets.map((budget) => (
            <li key={budget.budgetId} className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span>
                <Name budget={budget} />
                <span className="block text-xs text-muted">
                  {budget.window === 'lifetime'
                    ? t('charge.budgets.since', { day: f.day(budget.startsAt, budget.timeZone) })
                    : t('charge.budgets.period', {
                        from: f.instant(budget.startsAt, budget.timeZone),
                        to: f.instant(budget.endsAt, budget.timeZone),
                      })}
                </span>
              </span>
              <span className="text-muted">
                {t.rich(budget.limit === null ? 'charge.budgets.uncapped' : 'charge.budgets.spent', {
                  spent: () => <MoneyText amount={budget.spent} className="text-ink" />,
                  limit: () => (budget.limit === null ? null : <MoneyText amount={budget.limit} />),
                })}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="mt-4">
        <TextLink href="/settings/budgets">{t('charge.budgets.manage')}</TextLink>
      </p>
    </Card>
  )
}

function Name({ budget: { scope, window, subject } }: { budget: ChargeBudget }) {
  const t = useTexts('usage')
  const name = subject?.name ?? subject?.id.slice(-8) ?? ''
  return (
    <span className="block">
      {scope === 'account' ? t('charge.budgets.account') : t(`charge.budgets.${scope}.${window}`, { name })}
    </span>
  )
}
