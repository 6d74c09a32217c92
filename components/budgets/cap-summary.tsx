import { useFormats, useTexts } from '#texts'
import type { MonthDto } from '@/lib/domain/budgets'
import { Card } from '../ui/card'
import { Meter } from '../ui/meter'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'
import { AskForMore } from './ask-for-more'

type CapSummaryProps = {
  accountId: string
  month: MonthDto
  capBudgetId: string
  mayWrite: boolean
  mayAsk: boolean
  /** The person who looks has asked for more already, and waits. */
  hasAsked: boolean
}

/** The account's own cap in a line, with the way to change it or to ask for more. */
export function CapSummary({ accountId, month, capBudgetId, mayWrite, mayAsk, hasAsked }: CapSummaryProps) {
  const t = useTexts('budgets')
  const f = useFormats()
  const { limit, percent, spent } = month
  const words = {
    spent: () => <MoneyText amount={spent} className="font-medium" />,
    limit: () => <MoneyText amount={limit ?? '0'} />,
    month: f.month(month.period),
  }
  return (
    <Card
      id="account-cap"
      title={t('summary.title')}
      action={
        mayWrite ? (
          <TextLink href="/settings#monthly-cap">{t('summary.change')}</TextLink>
        ) : (
          mayAsk &&
          limit !== null && (
            <AskForMore
              accountId={accountId}
              budgetId={capBudgetId}
              limit={limit}
              label={t('summary.ask')}
              hasAsked={hasAsked}
            />
          )
        )
      }
    >
      <p>{t.rich(limit === null ? 'summary.none' : 'summary.of', words)}</p>
      {percent !== null && (
        <>
          <div className="my-2">
            <Meter
              label={t('month.used', { percent: f.percent(percent) })}
              percent={percent}
              tone={percent >= 100 ? 'bad' : percent >= Math.min(...month.warnAtPercent, 80) ? 'warn' : 'accent'}
            />
          </div>
          <p className="text-muted">{t('summary.resets', { day: f.day(month.endsAt, month.timeZone) })}</p>
        </>
      )}
    </Card>
  )
}
