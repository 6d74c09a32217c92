'use client'

import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import type { StandingDto } from '@/lib/domain/accounts'
import { useStanding } from '../accounts/queries'
import { isPostPaid } from '../accounts/standing-words'
import { topUpTones } from '../auto-top-up/words'
import { Badge } from '../ui/badge'
import { Meter } from '../ui/meter'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'

const nearPercent = 80

/** The month's spend against the cap, and whether credit refills by itself; `children`: what it will come to. */
export function MonthCard({ initial, children }: { initial: StandingDto; children?: ReactNode }) {
  const t = useTexts('budgets.month')
  const states = useTexts('auto-top-up.states')
  const f = useFormats()
  const { standing } = useStanding(initial)
  const { month, autoTopUp, currency } = standing
  return (
    <section
      aria-labelledby="month-title"
      className="flex flex-col rounded-ui border border-hairline bg-surface p-4 sm:p-5"
    >
      <h2 id="month-title" className="text-base font-semibold text-muted">
        {t('title', { month: f.month(month.period) })}
      </h2>
      <p className="mt-1 flex flex-wrap items-baseline gap-x-2">
        <MoneyText
          amount={month.spent}
          currency={currency}
          isFocusable
          className="text-2xl font-semibold tracking-tight"
        />
        {month.limit !== null && (
          <span className="text-muted">
            {t.rich('ofCap', { amount: () => <MoneyText amount={month.limit ?? '0'} currency={currency} /> })}
          </span>
        )}
      </p>
      <div className="mt-3">
        <CapState month={month} isPostPaid={isPostPaid(standing)} />
      </div>
      {children}
      {!isPostPaid(standing) && (
        <dl className="mt-auto pt-5">
          <div className="flex flex-wrap items-center justify-between gap-2 border-t border-hairline pt-3">
            <dt className="text-muted">{t('topUp')}</dt>
            <dd className="flex items-center gap-3">
              <Badge tone={topUpTones[autoTopUp.state]}>{states(autoTopUp.state)}</Badge>
              <TextLink href="/settings#auto-top-up">{t(autoTopUp.isOn ? 'change' : 'turnOn')}</TextLink>
            </dd>
          </div>
        </dl>
      )}
    </section>
  )
}

function CapState({ month, isPostPaid }: { month: StandingDto['month']; isPostPaid: boolean }) {
  const t = useTexts('budgets.month')
  const f = useFormats()
  const link = (words: ReactNode) => <TextLink href="/settings#monthly-cap">{words}</TextLink>
  if (month.limit === null || month.percent === null) {
    return <p className="text-muted">{t.rich(isPostPaid ? 'noCapPostPaid' : 'noCap', { link })}</p>
  }
  const { percent } = month
  const near = Math.min(...month.warnAtPercent, nearPercent)
  const words = t('used', { percent: f.percent(percent) })
  return (
    <>
      <Meter label={words} percent={percent} tone={percent >= 100 ? 'bad' : percent >= near ? 'warn' : 'accent'} />
      <p className="mt-2 text-muted">
        {t.rich('resets', {
          percent: f.percent(percent),
          day: f.day(month.endsAt, month.timeZone),
          zone: month.timeZone,
          link,
        })}
      </p>
    </>
  )
}
