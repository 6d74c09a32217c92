import { ClientTexts, getTexts } from '#texts'
import { SetBudget } from '@/components/budgets/budget-form'
import { BudgetsCard } from '@/components/budgets/budgets-card'
import { CapSummary } from '@/components/budgets/cap-summary'
import { RequestsCard } from '@/components/budgets/requests-card'
import { PageHeader } from '@/components/ui/page-header'
import { listApiKeys } from '@/lib/domain/api-keys'
import { listBudgetRequests, listBudgets } from '@/lib/domain/budgets'
import { may } from '@/lib/domain/members/rules'
import { listMembers } from '@/lib/domain/people'
import { readPage } from '../../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('budgets'))('title') })

export default async function BudgetsPage() {
  const t = await getTexts('budgets')
  const { actor, accountId, standing, role } = await readPage()
  const [{ capBudgetId, budgets }, { requests }, { keys }, members] = await Promise.all([
    listBudgets(actor, { accountId }),
    listBudgetRequests(actor, { accountId }),
    listApiKeys(actor, { accountId }),
    listMembers(actor, { accountId }),
  ])
  const mayWrite = may(role, 'budgets:write')
  const mayAsk = may(role, 'budgets:request')
  const { timeZone } = standing.month
  const asked = requests
    .filter(({ state, askedBy }) => state === 'open' && askedBy.id === actor.userId)
    .map(({ budgetId }) => budgetId)
  const cards = { accountId, budgets, mayWrite, mayAsk, asked }
  return (
    <ClientTexts of={['budgets']}>
      <div className="flex flex-col gap-4 sm:gap-5">
        <PageHeader
          title={t('title')}
          description={t('description')}
          action={
            mayWrite && (
              <SetBudget
                accountId={accountId}
                keys={keys.filter(({ state }) => state === 'active').map(({ keyId, name }) => ({ id: keyId, name }))}
                members={members.map(({ userId, name, email }) => ({ id: userId, name: name || email }))}
                timeZone={timeZone}
              />
            )
          }
        />
        <CapSummary
          accountId={accountId}
          month={standing.month}
          capBudgetId={capBudgetId}
          mayWrite={mayWrite}
          mayAsk={mayAsk}
          hasAsked={asked.includes(capBudgetId)}
        />
        <BudgetsCard {...cards} scope="key" />
        <BudgetsCard {...cards} scope="member" />
        <RequestsCard
          accountId={accountId}
          requests={requests}
          userId={actor.userId}
          mayDecide={mayWrite}
          timeZone={timeZone}
        />
      </div>
    </ClientTexts>
  )
}
