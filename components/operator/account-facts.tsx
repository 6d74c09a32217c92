import clsx from 'clsx'
import type { ReactNode } from 'react'
import type { AccountStoryDto } from '@/lib/domain/operator'
import { cardName } from '@/lib/domain/payment-methods/rules'
import { Badge } from '../ui/badge'
import { MoneyText } from '../ui/money'

/** Where the account stands, in one glance. */
export function AccountFacts({ story }: { story: AccountStoryDto }) {
  const { standing, paymentMethods, profile, stripeCustomerId } = story
  const { state, warning, balance, available, held, frozen, timeZone, accountId } = standing
  const notice = state.kind === 'active' ? warning : state
  const card = paymentMethods.find(({ isDefault }) => isDefault)
  return (
    <section aria-label="Where the account stands" className="rounded-ui border border-hairline bg-surface p-4 sm:p-5">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={state.kind === 'active' ? (notice ? 'warn' : 'good') : 'bad'}>{notice?.title ?? 'Active'}</Badge>
        <span className="min-w-0 text-muted">{notice?.detail}</span>
      </p>
      <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-3 md:grid-cols-4">
        <Fact label="Balance" isLarge>
          <MoneyText amount={balance} className={clsx(balance.startsWith('-') && 'text-bad-ink')} />
        </Fact>
        <Fact label="Available" isLarge>
          <MoneyText amount={available} />
        </Fact>
        <Fact label="Held" isLarge>
          <MoneyText amount={held} />
        </Fact>
        <Fact label="Frozen by disputes" isLarge>
          <MoneyText amount={frozen} />
        </Fact>
        <Fact label="Card">{card ? cardName(card) : 'None'}</Fact>
        <Fact label="Billing">
          {[profile.billingName, profile.addressCountry].filter(Boolean).join(', ') || '–'}, {timeZone}
        </Fact>
        <Fact label="Customer at Stripe">{stripeCustomerId ?? 'None yet'}</Fact>
        <Fact label="Account id">{accountId}</Fact>
      </dl>
    </section>
  )
}

function Fact({ label, isLarge = false, children }: { label: string; isLarge?: boolean; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{label}</dt>
      <dd className={isLarge ? 'text-lg font-medium' : 'break-all'}>{children}</dd>
    </div>
  )
}
