import { ClientTexts, getTexts } from '#texts'
import { AskOperator } from '@/components/limits/ask-operator'
import { AskedCard } from '@/components/limits/asked-card'
import { ModelLimits } from '@/components/limits/model-limits'
import { RequestLimitCard } from '@/components/limits/request-limit-card'
import { TierCard } from '@/components/limits/tier-card'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { may } from '@/lib/domain/members/rules'
import { getLimits } from '@/lib/domain/tiers'
import { readPage } from '../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('limits'))('title') })

export default async function LimitsPage() {
  const { actor, accountId, standing, role } = await readPage()
  const [t, limits] = await Promise.all([getTexts('limits'), getLimits(actor, { accountId })])
  const { timeZone } = standing.month
  const mayAsk = may(role, 'budgets:request')
  const models = limits.models.map(({ model, name }) => ({ model, name }))
  return (
    <ClientTexts of={['limits.ask']}>
      <div className="flex flex-col gap-4 sm:gap-5">
        <PageHeader
          title={t('title')}
          description={t('description')}
          action={mayAsk && <AskOperator accountId={accountId} models={models} />}
        />
        <TierCard limits={limits} timeZone={timeZone} />
        <RequestLimitCard requests={limits.requests} mayBuy={may(role, 'billing:write')} />
        {limits.models.length === 0 ? (
          <EmptyState title={t('models.none')}>{t('models.noneBody')}</EmptyState>
        ) : (
          limits.models.map((model) => (
            <ModelLimits key={model.model} model={model} isOwn={limits.hasOwnTokens} timeZone={timeZone} />
          ))
        )}
        {limits.asked.length > 0 && (
          <AskedCard accountId={accountId} asked={limits.asked} mayWithdraw={mayAsk} timeZone={timeZone} />
        )}
      </div>
    </ClientTexts>
  )
}
