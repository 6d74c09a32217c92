import { notFound } from 'next/navigation'
import { GrantsCard } from '@/components/grants/grants-card'
import { MovementsCard } from '@/components/ledger/movements-card'
import { AccountFacts } from '@/components/operator/account-facts'
import { ActivityList } from '@/components/operator/activity-list'
import { ContractCard } from '@/components/operator/contract-card'
import { DisputesCard } from '@/components/operator/disputes-card'
import { FraudWarningsCard } from '@/components/operator/fraud-warnings-card'
import { GivePromotion } from '@/components/operator/give-promotion'
import { InvoicesCard } from '@/components/operator/invoices-card'
import { LimitsCard } from '@/components/operator/limits-card'
import { OperatorPurchases } from '@/components/operator/operator-purchases'
import { RefundsCard } from '@/components/operator/refunds-card'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { Refusal } from '@/lib/core/errors'
import { listTopUpActivity } from '@/lib/domain/auto-top-up'
import { getAccountStory } from '@/lib/domain/operator'
import { getAccountLimits } from '@/lib/domain/tiers'
import { readOperator } from '../../page-data'

export const metadata = { title: 'Account · Operator' }

type AccountPageProps = { params: Promise<{ accountId: string }> }

export default async function AccountPage({ params }: AccountPageProps) {
  const [{ accountId }, { actor, may }] = await Promise.all([params, readOperator()])
  const story = await getAccountStory(actor, { accountId }).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'not_found') notFound()
    throw error
  })
  const [activity, limits] = await Promise.all([
    listTopUpActivity(actor, { accountId }),
    getAccountLimits(actor, { accountId }),
  ])
  const { standing, purchases, refunds, disputes, grants, movements, autoTopUp } = story
  const { timeZone } = standing
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader
        title={standing.accountName}
        description={story.contacts.join(', ')}
        action={may('credit:give') && <GivePromotion accountId={accountId} timeZone={timeZone} />}
      />
      <AccountFacts story={story} />
      <ContractCard
        accountId={accountId}
        accountName={standing.accountName}
        billing={story.billing}
        contracts={story.contracts}
        canWrite={may('platform:write')}
      />
      <LimitsCard account={limits} canWrite={may('platform:write')} />
      <div className="grid items-start gap-4 sm:gap-5 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4 sm:gap-5">
          <FraudWarningsCard
            accountId={accountId}
            warnings={story.fraudWarnings}
            purchases={purchases}
            timeZone={timeZone}
            mayRefund={may('refund:write')}
          />
          <InvoicesCard accountId={accountId} invoices={story.invoices} />
          <OperatorPurchases
            accountId={accountId}
            purchases={purchases}
            timeZone={timeZone}
            mayRefund={may('refund:write')}
          />
          <DisputesCard disputes={disputes} timeZone={timeZone} />
          <RefundsCard refunds={refunds} timeZone={timeZone} />
          <MovementsCard movements={movements} timeZone={timeZone} />
        </div>
        <div className="flex min-w-0 flex-col gap-4 sm:gap-5">
          <GrantsCard grants={grants} timeZone={timeZone} />
          <Card
            id="auto-top-up"
            title="Auto top-up"
            description={`The customer reads: “${autoTopUp.stateText}”`}
            isFlush
          >
            <ActivityList entries={activity} timeZone={timeZone} />
          </Card>
        </div>
      </div>
    </div>
  )
}
