'use client'

import clsx from 'clsx'
import { useTexts } from '#texts'
import type { StandingDto } from '@/lib/domain/accounts'
import { MoneyText } from '../ui/money'
import { useStanding } from './queries'
import { isPostPaid } from './standing-words'

const dots = { active: 'bg-good-ink', paused: 'bg-bad-ink', suspended: 'bg-bad-ink' }

/** The balance on every page, with the account's state in a word. */
export function BalanceChip({ initial, isSmall = false }: { initial: StandingDto; isSmall?: boolean }) {
  const t = useTexts('accounts.standing')
  const { standing } = useStanding(initial)
  const word = (
    <span className="flex items-center gap-1.5 text-xs text-muted">
      <span aria-hidden="true" className={clsx('size-1.5 flex-none rounded-full', dots[standing.state.kind])} />
      {t(standing.state.kind)}
    </span>
  )
  // What a post-paid account owes is no alarm: it is shown as what it is.
  const isOwing = isPostPaid(standing) && standing.balance.startsWith('-')
  const amount = isOwing ? standing.balance.slice(1) : standing.balance
  if (isSmall) {
    return (
      <div className="flex min-w-0 items-center gap-2.5 max-[24rem]:flex-col max-[24rem]:items-end max-[24rem]:gap-0">
        {word}
        {isOwing && <span className="sr-only">{t('outstanding')}</span>}
        <MoneyText amount={amount} currency={standing.currency} className="font-semibold" />
      </div>
    )
  }
  return (
    <div className="rounded-ui border border-hairline bg-surface px-2.5 py-2">
      <div className="flex items-center justify-between gap-2">
        <span className="text-xs text-muted">{t(isOwing ? 'outstanding' : 'balance')}</span>
        {word}
      </div>
      <MoneyText amount={amount} currency={standing.currency} className="mt-0.5 text-lg font-semibold" />
    </div>
  )
}
