import { ClientTexts, getTexts, type Namespace, useTexts } from '#texts'
import { BalanceCard } from '@/components/accounts/balance-card'
import { StatusBanner } from '@/components/accounts/status-banner'
import { AutoTopUpCard } from '@/components/auto-top-up/auto-top-up-card'
import { PostPaidBalance } from '@/components/contracts/post-paid-balance'
import { DisputedPayments } from '@/components/disputes/disputed-payments'
import { GrantsCard } from '@/components/grants/grants-card'
import { PaymentMethodsCard } from '@/components/payment-methods/payment-methods-card'
import { BuyCard } from '@/components/purchases/buy-card'
import { CheckoutCanceled } from '@/components/purchases/checkout-canceled'
import { PurchaseReturn } from '@/components/purchases/purchase-return'
import { PurchasesCard } from '@/components/purchases/purchases-card'
import { PageHeader } from '@/components/ui/page-header'
import { getAutoTopUp, listTopUpTimeline } from '@/lib/domain/auto-top-up'
import { getBillingMode } from '@/lib/domain/contracts'
import { listDisputes } from '@/lib/domain/disputes'
import { listGrants } from '@/lib/domain/grants'
import { listPaymentMethods } from '@/lib/domain/payment-methods'
import { listPurchases } from '@/lib/domain/purchases'
import { readPage } from '../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('shell.places'))('credits') })

/** What the parts of the page that run in the browser say. */
const islands: Namespace[] = [
  'accounts.balance',
  'auto-top-up.resume',
  'contracts.overview',
  'payment-methods',
  'purchases.buy',
  'purchases.cancel',
  'purchases.explanations',
  'purchases.find',
  'purchases.return',
  'purchases.steps',
  'refunds',
]

type CreditsPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function CreditsPage({ searchParams }: CreditsPageProps) {
  const t = useTexts('shell.places')
  const [query, { actor, accountId, standing, canWrite }] = await Promise.all([searchParams, readPage()])
  const [billing, grants, purchases, autoTopUp, timeline, methods, disputes] = await Promise.all([
    getBillingMode(actor, { accountId }),
    listGrants(actor, { accountId }),
    listPurchases(actor, { accountId }),
    getAutoTopUp(actor, { accountId }),
    listTopUpTimeline(actor, { accountId }),
    listPaymentMethods(actor, { accountId }),
    listDisputes(actor, { accountId }),
  ])
  const returned = purchases.find((purchase) => purchase.purchaseId === query.purchase)
  const canceled = purchases.find((purchase) => purchase.purchaseId === query.canceled)
  const { timeZone } = standing
  const isPostPaid = billing.mode === 'postpaid'
  return (
    <ClientTexts of={islands}>
      <div className="flex flex-col gap-4 sm:gap-5">
        <PageHeader title={t('credits')} />
        {returned && <PurchaseReturn key={returned.purchaseId} initial={returned} standing={standing} />}
        {canceled && <CheckoutCanceled accountId={accountId} purchase={canceled} canWrite={canWrite} />}
        <StatusBanner initial={standing} />
        <div className="grid items-start gap-4 sm:gap-5 lg:grid-cols-[22rem_minmax(0,1fr)]">
          <div className="flex min-w-0 flex-col gap-4 sm:gap-5">
            {isPostPaid ? <PostPaidBalance initial={standing} billing={billing} /> : <BalanceCard initial={standing} />}
            <BuyCard standing={standing} canWrite={canWrite} />
          </div>
          <div className="flex min-w-0 flex-col gap-4 sm:gap-5">
            <DisputedPayments disputes={disputes} timeZone={timeZone} />
            <GrantsCard grants={grants} timeZone={timeZone} />
            <PurchasesCard accountId={accountId} purchases={purchases} timeZone={timeZone} canWrite={canWrite} />
            <AutoTopUpCard
              accountId={accountId}
              autoTopUp={autoTopUp}
              timeline={timeline}
              timeZone={timeZone}
              canWrite={canWrite}
            />
            <PaymentMethodsCard accountId={accountId} methods={methods} canWrite={canWrite} isPostPaid={isPostPaid} />
          </div>
        </div>
      </div>
    </ClientTexts>
  )
}
