import { ClientTexts, getTexts, useTexts } from '#texts'
import { BalanceCard } from '@/components/accounts/balance-card'
import { FirstSteps } from '@/components/accounts/first-steps'
import { StatusBanner } from '@/components/accounts/status-banner'
import { MonthCard } from '@/components/budgets/month-card'
import { PostPaidBalance } from '@/components/contracts/post-paid-balance'
import { LastsUntil } from '@/components/forecast/lasts-until'
import { MonthOutlook } from '@/components/forecast/month-outlook'
import { MovementsCard } from '@/components/ledger/movements-card'
import { LatestReceiptsCard } from '@/components/receipts/latest-receipts-card'
import { ButtonLink } from '@/components/ui/button-link'
import { PageHeader } from '@/components/ui/page-header'
import { UsageCard } from '@/components/usage/usage-card'
import { getBillingMode } from '@/lib/domain/contracts'
import { getForecast } from '@/lib/domain/forecast'
import { listMovements } from '@/lib/domain/ledger'
import { listReceipts } from '@/lib/domain/receipts'
import { getUsageDays } from '@/lib/domain/usage'
import { readPage } from './page-data'

const usageDays = 30
const latest = 6

export const generateMetadata = async () => ({ title: (await getTexts('overview'))('title') })

export default async function OverviewPage() {
  const t = useTexts('overview')
  const { actor, accountId, standing } = await readPage()
  const [billing, usage, movements, receipts, forecast] = await Promise.all([
    getBillingMode(actor, { accountId }),
    getUsageDays(actor, { accountId, days: usageDays }),
    listMovements(actor, { accountId, limit: latest }),
    listReceipts(actor, { accountId }),
    getForecast(actor, { accountId }),
  ])
  // Where something is stopped, the banner has the one button that matters most.
  const look = standing.state.action || standing.warning?.action ? 'secondary' : 'primary'
  const buyButton = (
    <ButtonLink look={look} href="/credits#buy">
      {t('buy')}
    </ButtonLink>
  )
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader title={t('title')} action={buyButton} />
      <StatusBanner initial={standing} />
      <div className="grid gap-4 sm:gap-5 md:grid-cols-2">
        <ClientTexts of={['accounts.balance', 'budgets.month', 'auto-top-up.states', 'contracts.overview']}>
          {billing.mode === 'postpaid' ? (
            <PostPaidBalance initial={standing} billing={billing}>
              <LastsUntil forecast={forecast} />
            </PostPaidBalance>
          ) : (
            <BalanceCard initial={standing}>
              <LastsUntil forecast={forecast} />
            </BalanceCard>
          )}
          <MonthCard initial={standing}>
            <MonthOutlook forecast={forecast} hasCap={standing.month.limit !== null} />
          </MonthCard>
        </ClientTexts>
      </div>
      {usage.days.length > 0 && (
        <UsageCard cells={usage.days} firstDay={usage.from} lastDay={usage.to} timeZone={usage.timeZone} />
      )}
      {usage.days.length === 0 && !movements.some(({ kind }) => kind === 'usage') && (
        <FirstSteps
          accountId={accountId}
          balance={standing.balance}
          creditLimit={billing.creditLimit}
          appUrl={appUrl()}
        />
      )}
      <div className="grid items-start gap-4 sm:gap-5 md:grid-cols-2">
        <LatestReceiptsCard receipts={receipts.slice(0, latest)} timeZone={standing.timeZone} />
        <MovementsCard movements={movements} timeZone={standing.timeZone} />
      </div>
    </div>
  )
}

const appUrl = () => process.env.APP_URL || 'http://localhost:3000'
