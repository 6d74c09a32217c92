import { ClientTexts, getTexts, useLocale, useTexts } from '#texts'
import { BillingProfileForm } from '@/components/accounts/billing-profile-form'
import { isPostPaid as isPostPaidNow } from '@/components/accounts/standing-words'
import { AutoTopUpForm } from '@/components/auto-top-up/auto-top-up-form'
import { CapForm } from '@/components/budgets/cap-form'
import { BillingModeCard } from '@/components/contracts/billing-mode-card'
import { readWhatIf } from '@/components/forecast/what-if-query'
import { PaymentMethodsCard } from '@/components/payment-methods/payment-methods-card'
import { Banner } from '@/components/ui/banner'
import { Card } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { SectionNav } from '@/components/ui/section-nav'
import { TextLink } from '@/components/ui/text-link'
import { countryNames } from '@/lib/core/countries'
import { type TaxIdTypeName, taxIdTypes } from '@/lib/core/tax-ids'
import { getBillingProfile } from '@/lib/domain/accounts'
import { getAutoTopUp } from '@/lib/domain/auto-top-up'
import { getBillingMode } from '@/lib/domain/contracts'
import { listPaymentMethods } from '@/lib/domain/payment-methods'
import { readPage } from '../page-data'
import { CardReturn } from './card-return'

export const generateMetadata = async () => ({ title: (await getTexts('shell.places'))('settings') })

type SettingsPageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function SettingsPage({ searchParams }: SettingsPageProps) {
  const t = useTexts('settings.billing')
  const taxIds = useTexts('accounts.taxIds')
  const modes = useTexts('contracts.card')
  const title = useTexts('shell.places')('settings')
  const locale = useLocale()
  const [query, { actor, accountId, standing, canWrite }] = await Promise.all([searchParams, readPage()])
  const isPostPaid = isPostPaidNow(standing)
  const cardReturn = await CardReturn({
    actor,
    accountId,
    card: query.card,
    sessionId: query.session_id,
    isPostPaid,
  })
  const [billing, autoTopUp, methods, profile] = await Promise.all([
    getBillingMode(actor, { accountId }),
    getAutoTopUp(actor, { accountId }),
    listPaymentMethods(actor, { accountId }),
    getBillingProfile(actor, { accountId }),
  ])
  const hasCard = methods.length > 0
  const simulate = <TextLink href="/what-if">{useTexts('forecast.page')('link')}</TextLink>
  // What the simulator hands over.
  const asItWas = { startingBalance: null, byHand: 'keep', creditLimit: null } as const
  const current = { cap: standing.month.limit, plan: autoTopUp.setting, ...asItWas }
  const { scenario } = readWhatIf(query, current, locale, billing.mode)
  const capDraft = scenario && 'cap' in query ? { limit: scenario.cap } : undefined
  const topUpDraft = scenario && 'topUp' in query ? scenario.plan : undefined
  const sections = [
    { id: 'billing-mode', label: modes('title') },
    { id: 'auto-top-up', label: t('sections.topUp') },
    { id: 'monthly-cap', label: t('sections.cap') },
    { id: 'payment-methods', label: t('sections.methods') },
    { id: 'billing-profile', label: t('sections.profile') },
  ]
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader title={title} />
      {cardReturn}
      {!canWrite && (
        <Banner tone="info" title={t('lookOnly.title')}>
          {t('lookOnly.body')}
        </Banner>
      )}
      <div className="grid gap-4 sm:gap-5 lg:grid-cols-[11rem_minmax(0,1fr)]">
        <SectionNav label={title} sections={sections} />
        <div className="flex min-w-0 max-w-3xl flex-col gap-4 sm:gap-5">
          <ClientTexts
            of={[
              'accounts.profile',
              'auto-top-up.form',
              'auto-top-up.preview',
              'budgets.cap',
              'contracts.ask',
              'payment-methods',
            ]}
          >
            <BillingModeCard billing={billing} canWrite={canWrite} />
            <Card
              id="auto-top-up"
              title={t('sections.topUp')}
              description={t('topUp')}
              action={!isPostPaid && simulate}
            >
              {isPostPaid && (
                <div className="mb-4">
                  <Banner tone="info" title={modes('resting')}>
                    {modes('restingBody')}
                  </Banner>
                </div>
              )}
              <AutoTopUpForm
                key={JSON.stringify(topUpDraft)}
                accountId={accountId}
                autoTopUp={autoTopUp}
                hasCard={hasCard}
                canWrite={canWrite}
                isPostPaid={isPostPaid}
                draft={topUpDraft}
              />
            </Card>
            <Card id="monthly-cap" title={t('cap.title')} description={t('cap.body')} action={simulate}>
              <CapForm
                key={JSON.stringify(capDraft)}
                accountId={accountId}
                month={standing.month}
                canWrite={canWrite}
                isPostPaid={isPostPaid}
                draft={capDraft}
              />
            </Card>
            <PaymentMethodsCard accountId={accountId} methods={methods} canWrite={canWrite} isPostPaid={isPostPaid} />
            <Card id="billing-profile" title={t('sections.profile')} description={t('profile')}>
              <BillingProfileForm
                profile={profile}
                canWrite={canWrite}
                countries={countryNames(locale).map(({ code, name }) => ({ value: code, label: name }))}
                taxIdTypes={taxIdTypeNames.map((value) => ({ value, label: taxIds(value) }))}
                timeZones={timeZonesWith(profile.timeZone)}
              />
            </Card>
          </ClientTexts>
        </div>
      </div>
    </div>
  )
}

const taxIdTypeNames = Object.keys(taxIdTypes) as TaxIdTypeName[]

/** Every zone that the server knows, UTC first, and the account's own even if it goes by an older name. */
const timeZonesWith = (own: string) => [...new Set(['UTC', own, ...Intl.supportedValuesOf('timeZone')])]
