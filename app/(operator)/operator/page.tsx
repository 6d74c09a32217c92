import { AccountSearch } from '@/components/operator/account-search'
import { AccountsTable } from '@/components/operator/accounts-table'
import { AlarmsBanner } from '@/components/operator/alarms-banner'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { listAccountsForOperator } from '@/lib/domain/accounts'
import { readStripeAlarms } from '@/lib/domain/stripe-events'
import { readOperator } from './page-data'

export const metadata = { title: 'Accounts · Operator' }

type AccountsPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function AccountsPage({ searchParams }: AccountsPageProps) {
  const [query, { actor }] = await Promise.all([searchParams, readOperator()])
  const search = oneOf(query.q)
  const needsAttention = query.attention === '1'
  const after = oneOf(query.after)
  const [{ accounts, hasMore }, { alarms }] = await Promise.all([
    listAccountsForOperator(actor, { search, needsAttention, ...(after && { after }) }),
    readStripeAlarms(actor),
  ])
  const last = accounts.at(-1)
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader title="Accounts" />
      <AlarmsBanner alarms={alarms} />
      <AccountSearch search={search} needsAttention={needsAttention} />
      {accounts.length === 0 ? (
        <EmptyState title="No account is found">
          {search === '' && needsAttention
            ? 'No account needs a person just now.'
            : 'Search by a part of the name, a part of a member’s address, or the whole id.'}
        </EmptyState>
      ) : (
        <AccountsTable accounts={accounts} />
      )}
      {hasMore && last && (
        <div>
          <ButtonLink href={pageAfter(last.accountId, search, needsAttention)}>Next page</ButtonLink>
        </div>
      )}
    </div>
  )
}

const oneOf = (value: string | string[] | undefined): string => (typeof value === 'string' ? value : '')

function pageAfter(after: string, search: string, needsAttention: boolean): string {
  const query = new URLSearchParams({ after, ...(search && { q: search }), ...(needsAttention && { attention: '1' }) })
  return `/operator?${query}`
}
