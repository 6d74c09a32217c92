import { useFormats } from '#texts'
import type { AccountLimitsDto } from '@/lib/domain/tiers'
import { tokenKinds } from '@/lib/domain/token-limits/rules'
import { MoneyText } from '../ui/money'
import { TimeText } from '../ui/time'
import { Fact } from './fact'
import { tokenNames } from './limit-fields'

/** "Tier 2" */
const tierName = (tier: AccountLimitsDto['tier']): string =>
  tier === 'unlimited' ? 'Unlimited by contract' : tier === 0 ? 'None yet' : `Tier ${tier}`

type AccountProps = { account: AccountLimitsDto }

const facts = 'grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4'

/** What an account has paid and used: what speaks for or against it. */
export function AccountMoney({ account }: AccountProps) {
  const { currency } = account
  return (
    <dl className={facts}>
      <Fact label="Customer since">
        <TimeText at={account.openedAt} timeZone="UTC" />
      </Fact>
      <Fact label="Balance">
        <MoneyText amount={account.balance} currency={currency} />
      </Fact>
      <Fact label="Added, ever">
        <MoneyText amount={account.added} currency={currency} />
      </Fact>
      <Fact label="Used in 30 days">
        <MoneyText amount={account.usedLately} currency={currency} />
      </Fact>
    </dl>
  )
}

/** Its limits now, and whether they follow the rules. */
export function AccountLimits({ account }: AccountProps) {
  const f = useFormats()
  const { requests, ownTokens } = account
  return (
    <dl className={facts}>
      <Fact label="Tier">{tierName(account.tier)}</Fact>
      <Fact label="Spent or added, ever">
        <MoneyText amount={account.measured} currency={account.currency} />
      </Fact>
      <Fact label="Requests a minute">
        {f.number(requests.limit)}, {requests.own === null ? 'by the rule' : 'set by an operator'}
      </Fact>
      <Fact label="Token limits">{ownTokens ? 'Set by an operator' : 'They follow its use'}</Fact>
    </dl>
  )
}

/** Each model with its limits a minute, and how much of them its busiest quarter of an hour used. */
export function ModelUse({ models }: { models: AccountLimitsDto['models'] }) {
  const f = useFormats()
  if (models.length === 0) return <p className="text-muted">It has used no model yet.</p>
  return (
    <ul className="flex flex-col gap-3">
      {models.map(({ model, name, limits, highest }) => (
        <li key={model} className="grid gap-x-6 gap-y-1 sm:grid-cols-4">
          <p className="font-medium break-words">{name}</p>
          {tokenKinds.map((kind) => (
            <p key={kind}>
              <span className="block text-xs text-muted">{tokenNames[kind]} a minute</span>
              {f.number(limits[kind])}
              <span className="text-muted">, busiest {f.number(highest[kind])}</span>
            </p>
          ))}
        </li>
      ))}
    </ul>
  )
}
