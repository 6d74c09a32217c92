import { ClientTexts, getTexts } from '#texts'
import { CreateKey } from '@/components/api-keys/create-key'
import { EndedKeys, KeysCard } from '@/components/api-keys/keys-card'
import { PageHeader } from '@/components/ui/page-header'
import { listApiKeys } from '@/lib/domain/api-keys'
import { may } from '@/lib/domain/members/rules'
import { listMembers } from '@/lib/domain/people'
import { readPage } from '../../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('api-keys'))('title') })

export default async function KeysPage() {
  const t = await getTexts('api-keys')
  const { actor, accountId, standing, role } = await readPage()
  const [{ keys }, members] = await Promise.all([listApiKeys(actor, { accountId }), listMembers(actor, { accountId })])
  const mayWrite = may(role, 'keys:write')
  const { timeZone } = standing.month
  const isEnded = ({ state }: (typeof keys)[number]) => state !== 'active'
  const appUrl = process.env.APP_URL || 'http://localhost:3000'
  return (
    <ClientTexts of={['api-keys', 'budgets.form', 'budgets.windows']}>
      <div className="flex flex-col gap-4 sm:gap-5">
        <PageHeader
          title={t('title')}
          description={t('description')}
          action={
            mayWrite && (
              <CreateKey
                accountId={accountId}
                members={[...members]
                  .sort((a, b) => Number(b.isYou) - Number(a.isYou))
                  .map(({ userId, name, email }) => ({ id: userId, name: name || email }))}
                maySetBudgets={may(role, 'budgets:write')}
                appUrl={appUrl}
                timeZone={timeZone}
              />
            )
          }
        />
        <KeysCard
          accountId={accountId}
          keys={keys.filter((key) => !isEnded(key))}
          mayWrite={mayWrite}
          appUrl={appUrl}
          timeZone={timeZone}
        />
        <EndedKeys keys={keys.filter(isEnded)} timeZone={timeZone} />
      </div>
    </ClientTexts>
  )
}
