import { notFound } from 'next/navigation'
import { getTexts, useTexts } from '#texts'
import { PageHeader } from '@/components/ui/page-header'
import { TextLink } from '@/components/ui/text-link'
import { ChargeBudgets } from '@/components/usage/charge-budgets'
import { ChargeFacts } from '@/components/usage/charge-facts'
import { ChargeParts } from '@/components/usage/charge-parts'
import { ChargePrice } from '@/components/usage/charge-price'
import { Refusal } from '@/lib/core/errors'
import { explainCharge } from '@/lib/domain/usage'
import { readPage } from '../../../page-data'

type ChargePageProps = { params: Promise<{ eventKey: string }> }

export const generateMetadata = async () => ({ title: (await getTexts('usage'))('charge.title') })

export default async function ChargePage({ params }: ChargePageProps) {
  const [{ eventKey }, { actor, accountId }] = await Promise.all([params, readPage()])
  const charge = await explainCharge(actor, { accountId, eventKey }).catch((error) => {
    if (error instanceof Refusal && error.code === 'not_found') notFound()
    throw error
  })
  const t = useTexts('usage')
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader
        title={t('charge.title')}
        description={t('charge.description')}
        action={<TextLink href="/usage">{t('charge.back')}</TextLink>}
      />
      <div className="grid items-start gap-4 sm:gap-5 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4 sm:gap-5">
          <ChargeFacts charge={charge} />
          <ChargePrice charge={charge} />
        </div>
        <div className="flex min-w-0 flex-col gap-4 sm:gap-5">
          <ChargeParts charge={charge} />
          <ChargeBudgets charge={charge} />
        </div>
      </div>
    </div>
  )
}
