import { BillingProfileForm } from '@/components/accounts/billing-profile-form'
import { AutoTopUpForm } from '@/components/auto-top-up/auto-top-up-form'
import { CapForm } from '@/components/budgets/cap-form'
import { PaymentMethodsCard } from '@/components/payment-methods/payment-methods-card'
import { Banner } from '@/components/ui/banner'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { SectionNav } from '@/components/ui/section-nav'
import { countryNames } from '@/lib/core/countries'
import { taxIdTypes } from '@/lib/core/tax-ids'
import { getBillingProfile } from '@/lib/domain/accounts'
import { getAutoTopUp } from '@/lib/domain/auto-top-up'
import { listPaymentMethods } from '@/lib/domain/payment-methods'
import { readPage } from '../page-data'
import { CardReturn } from './card-return'

export const metadata = { title: 'Settings' }

const sections = [
  { id: 'auto-top-up', label: 'Auto top-up' },
  { id: 'monthly-cap', label: 'Monthly cap' },
  { id: 'payment-methods', label: 'Payment methods' },
  { id: 'billing-profile', label: 'Billing profile' },
]

type SettingsPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function SettingsPage({ searchParams }: SettingsPageProps) {
  const [query, { actor, accountId, standing, canWrite }] = await Promise.all([searchParams, readPage()])
  const cardReturn = await CardReturn({ actor, accountId, card: query.card, sessionId: query.session_id })
  const [autoTopUp, methods, profile] = await Promise.all([
    getAutoTopUp(actor, { accountId }),
    listPaymentMethods(actor, { accountId }),
    getBillingProfile(actor, { accountId }),
  ])
  const hasCard = methods.length > 0
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader title="Settings" />
      {cardReturn}
      {!canWrite && (
        <Banner tone="info" title="You may look, but not change">
          Your role in this account does not change billing. Ask an owner, admin or billing member.
        </Banner>
      )}
      <div className="grid gap-4 sm:gap-5 lg:grid-cols-[11rem_minmax(0,1fr)]">
        <SectionNav label="Settings" sections={sections} />
        <div className="flex min-w-0 max-w-3xl flex-col gap-4 sm:gap-5">
          <Card
            id="auto-top-up"
            title="Auto top-up"
            description="Buys credit with your default card when what is available reaches a minimum."
          >
            <AutoTopUpForm accountId={accountId} autoTopUp={autoTopUp} hasCard={hasCard} canWrite={canWrite} />
          </Card>
          <Card
            id="monthly-cap"
            title="Monthly budget cap"
            description="A limit on what usage may cost in a month. It is separate from auto top-up’s own limit."
          >
            <CapForm accountId={accountId} month={standing.month} canWrite={canWrite} />
          </Card>
          <PaymentMethodsCard accountId={accountId} methods={methods} canWrite={canWrite} />
          <Card
            id="billing-profile"
            title="Billing profile"
            description="Prepaid: you pay before you use; there is no month-end invoice. This stands on your receipts."
          >
            <BillingProfileForm
              profile={profile}
              canWrite={canWrite}
              countries={countryNames().map(({ code, name }) => ({ value: code, label: name }))}
              taxIdTypes={Object.entries(taxIdTypes).map(([value, { label }]) => ({ value, label }))}
              timeZones={timeZonesWith(profile.timeZone)}
            />
          </Card>
        </div>
      </div>
    </div>
  )
}

/** Every zone that the server knows, UTC first, and the account's own even if it goes by an older name. */
const timeZonesWith = (own: string) => [...new Set(['UTC', own, ...Intl.supportedValuesOf('timeZone')])]
