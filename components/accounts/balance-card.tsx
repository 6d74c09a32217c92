'use client'

import clsx from 'clsx'
import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import type { StandingDto } from '@/lib/domain/accounts'
import { MoneyText } from '../ui/money'
import { useStanding } from './queries'

/** How much there is: the one number first, and what of it is set aside for running requests; `children`: how long it lasts. */
export function BalanceCard({ initial, children }: { initial: StandingDto; children?: ReactNode }) {
  const t = useTexts('accounts.balance')
  const f = useFormats()
  const { standing, isLive } = useStanding(initial)
  const { balance, held, available, frozen, currency, timeZone, asOf } = standing
  return (
    <section
      aria-labelledby="balance-title"
      className="flex flex-col rounded-ui border border-hairline bg-surface p-4 sm:p-5"
    >
      <h2 id="balance-title" className="text-base font-semibold text-muted">
        {t('title')}
      </h2>
      <p className="mt-1 text-[2.75rem] leading-[1.15] font-semibold tracking-tight sm:text-[3.25rem]">
        <MoneyText
          amount={balance}
          currency={currency}
          isFocusable
          className={clsx(balance.startsWith('-') && 'text-bad-ink')}
        />
      </p>
      {children}
      <dl className="mt-auto grid grid-cols-2 gap-x-6 gap-y-3 pt-5">
        <Part label={t('available')} amount={available} currency={currency} />
        <Part label={t('held')} amount={held} currency={currency} />
        {frozen !== '0.00' && <Part label={t('frozen')} amount={frozen} currency={currency} />}
      </dl>
      {!isLive && (
        <p role="status" className="mt-3 text-warn-ink">
          {t('offline', { instant: f.instant(asOf, timeZone) })}
        </p>
      )}
    </section>
  )
}

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
