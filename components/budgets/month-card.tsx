'use client'

import type { StandingDto } from '@/lib/domain/accounts'
import { useStanding } from '../accounts/queries'
import { topUpStates } from '../auto-top-up/words'
import { Badge } from '../ui/badge'
import { Meter } from '../ui/meter'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'
import { displayDay, displayMonth } from '../ui/time'

const nearPercent = 80

/** The month's spend against the cap, and whether credit refills by itself. */
export function MonthCard({ initial }: { initial: StandingDto }) {
  const { standing } = useStanding(initial)
  const { month, autoTopUp, currency } = standing
  const topUp = topUpStates[autoTopUp.state]
  return (
    <section
      aria-labelledby="month-title"
      className="flex flex-col rounded-ui border border-hairline bg-surface p-4 sm:p-5"
    >
      <h2 id="month-title" className="text-base font-semibold text-muted">
        Usage in {displayMonth(month.period)}
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
            of <MoneyText amount={month.limit} currency={currency} /> cap
          </span>
        )}
      </p>
      <div className="mt-3">
        <CapState month={month} />
      </div>
      <dl className="mt-auto pt-5">
        <div className="flex flex-wrap items-center justify-between gap-2 border-t border-hairline pt-3">
          <dt className="text-muted">Auto top-up</dt>
          <dd className="flex items-center gap-3">
            <Badge tone={topUp.tone}>{topUp.word}</Badge>
            <TextLink href="/settings#auto-top-up">{autoTopUp.isOn ? 'Change' : 'Turn on'}</TextLink>
          </dd>
        </div>
      </dl>
    </section>
  )
}

function CapState({ month }: { month: StandingDto['month'] }) {
  const resets = `${displayDay(month.endsAt, month.timeZone)} (${month.timeZone})`
  if (month.limit === null || month.percent === null) {
    return (
      <p className="text-muted">
        No monthly cap: usage stops only when credit runs out.{' '}
        <TextLink href="/settings#monthly-cap">Set a cap</TextLink>
      </p>
    )
  }
  const { percent } = month
  const near = Math.min(...month.warnAtPercent, nearPercent)
  const words = `${percent}% of the monthly cap is used`
  return (
    <>
      <Meter label={words} percent={percent} tone={percent >= 100 ? 'bad' : percent >= near ? 'warn' : 'accent'} />
      <p className="mt-2 text-muted">
        {percent}% used. Starts again on {resets}. <TextLink href="/settings#monthly-cap">Change</TextLink>
      </p>
    </>
  )
}
