import type { ListedAccountDto } from '@/lib/domain/accounts'
import { Badge, type Tone } from '../ui/badge'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'

const stateTones: Record<ListedAccountDto['state'], Tone> = { active: 'good', paused: 'warn', suspended: 'bad' }

/** Accounts with their owner, balance and state, and what of each needs a person. */
export function AccountsTable({ accounts }: { accounts: ListedAccountDto[] }) {
  return (
    <div className="rounded-ui border border-hairline bg-surface py-1">
      <Table caption="Accounts, newest first, dates in UTC">
        <thead>
          <tr>
            <Th>Account</Th>
            <Th className="max-md:hidden">State</Th>
            <Th className="max-md:hidden">Needs a person</Th>
            <Th className="max-lg:hidden">Since</Th>
            <Th isFigure>Balance</Th>
          </tr>
        </thead>
        <tbody>
          {accounts.map((account) => (
            <tr key={account.accountId}>
              <Td>
                <TextLink href={`/operator/accounts/${account.accountId}`}>{account.name}</TextLink>
                <span className="block text-xs break-all text-muted">{account.owner ?? 'No owner'}</span>
                <span className="mt-1 flex flex-wrap gap-1 md:hidden">
                  <State account={account} />
                  <Attention account={account} />
                </span>
              </Td>
              <Td className="max-md:hidden">
                <State account={account} />
              </Td>
              <Td className="max-md:hidden">
                <span className="flex flex-wrap gap-1">
                  <Attention account={account} />
                </span>
              </Td>
              <Td className="text-muted max-lg:hidden">
                <TimeText at={account.createdAt} timeZone="UTC" />
              </Td>
              <Td isFigure>
                <MoneyText
                  amount={account.balance}
                  currency={account.currency}
                  className={account.balance.startsWith('-') ? 'text-bad-ink' : ''}
                />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  )
}

const State = ({ account: { state, stateText } }: { account: ListedAccountDto }) => (
  <Badge tone={stateTones[state]}>{stateText}</Badge>
)

const Attention = ({ account: { attention } }: { account: ListedAccountDto }) =>
  attention.map(({ code, text }) => (
    <Badge key={code} tone="warn">
      {text}
    </Badge>
  ))
