'use client'

import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import { formatMoney, isPositive, parseMoney, subtract } from '@/lib/core/money'
import type { StandingDto } from '@/lib/domain/accounts'
import type { BillingModeDto } from '@/lib/domain/contracts'
import { leftOfCreditLimit, outstandingOf } from '@/lib/domain/contracts/rules'
import { useStanding } from '../accounts/queries'
import { Meter } from '../ui/meter'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'

type PostPaidBalanceProps = { initial: StandingDto; billing: BillingModeDto; children?: ReactNode }

const nearPercent = 80

/**
 * What a post-paid account owes, or the credit it has; what is left of its credit limit; and what becomes of it next. `children`: when
 * the credit limit would be reached.
 */
export function PostPaidBalance({ initial, billing, children }: PostPaidBalanceProps) {
  const t = useTexts('contracts.overview')
  const f = useFormats()
  const { standing, isLive } = useStanding(initial)
  const { currency, timeZone, asOf } = standing
  const money = (amount: string) => parseMoney(amount, 'amount', currency)
  const facts = {
    balance: money(standing.balance),
    held: money(standing.held),
    creditLimit: money(standing.creditLimit),
  }
  const outstanding = outstandingOf(facts.balance)
  const isOwing = isPositive(outstanding)
  const left = leftOfCreditLimit(facts)
  const percent = percentOf(subtract(facts.creditLimit, left).nanos, facts.creditLimit.nanos)
  const words = t('meter', { percent: f.percent(percent) })
  return (
    <section
      aria-labelledby="balance-title"
      className="flex flex-col rounded-ui border border-hairline bg-surface p-4 sm:p-5"
    >
      <h2 id="balance-title" className="text-base font-semibold text-muted">
        {t(isOwing ? 'outstanding' : 'credit')}
      </h2>
      <p className="mt-1 text-[2.75rem] leading-[1.15] font-semibold tracking-tight sm:text-[3.25rem]">
        <MoneyText amount={formatMoney(isOwing ? outstanding : facts.balance)} currency={currency} isFocusable />
      </p>
      <p className="mt-1 text-muted">
        {t('body')} <TextLink href="/settings#billing-mode">{t('terms')}</TextLink>
      </p>
      <div className="mt-4 border-t border-hairline pt-3">
        <Meter
          label={words}
          percent={percent}
          tone={percent >= 100 ? 'bad' : percent >= nearPercent ? 'warn' : 'accent'}
        />
        <p className="mt-2 text-muted">
          {t.rich('used', {
            percent: f.percent(percent),
            limit: () => <MoneyText amount={formatMoney(facts.creditLimit)} currency={currency} />,
          })}
        </p>
      </div>
      {children}
      <dl className="mt-auto grid grid-cols-2 gap-x-6 gap-y-3 pt-5">
        {isOwing && (
          <>
            <Part label={t('invoiced')} amount={billing.invoiced} currency={currency} />
            <Part label={t('next')} amount={billing.notInvoiced} currency={currency} />
          </>
        )}
        <Part label={t('left')} amount={formatMoney(left)} currency={currency} />
        <Part label={t('held')} amount={standing.held} currency={currency} />
      </dl>
      {billing.nextInvoiceAt && (
        <p className="mt-3 text-muted">
          {t(isOwing ? 'nextAt' : 'nextIf', { moment: f.moment(billing.nextInvoiceAt, billing.month.timeZone) })}
        </p>
      )}
      {!isLive && (
        <p role="status" className="mt-3 text-warn-ink">
          {t('offline', { instant: f.instant(asOf, timeZone) })}
        </p>
      )}
    </section>
  )
}

/** For the width of a bar. */
const percentOf = (part: bigint, whole: bigint): number => Number((part * 1000n) / (whole || 1n)) / 10

function Part({ label, amount, currency }: { label: string; amount: string; currency: string }) {
  return (
    <div className="border-t border-hairline pt-3">
      <dt className="text-muted">{label}</dt>
      <dd className="mt-0.5 text-lg font-medium">
        <MoneyText amount={amount} currency={currency} />
      </dd>
    </div>
  )
}
