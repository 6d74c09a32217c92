import { useTexts } from '#texts'
import type { BudgetDto } from '@/lib/domain/budgets'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { BudgetActions } from './budget-actions'
import { BudgetMeter } from './budget-meter'

type BudgetsCardProps = {
  accountId: string
  scope: 'key' | 'member'
  budgets: BudgetDto[]
  mayWrite: boolean
  mayAsk: boolean
  /** The budgets for which the person who looks has asked for more, and waits. */
  asked: string[]
}

/** The budgets of keys, or of members, each with its meter. */
export function BudgetsCard({ accountId, scope, budgets, mayWrite, mayAsk, asked }: BudgetsCardProps) {
  const t = useTexts('budgets.list')
  const own = budgets.filter((budget) => budget.scope === scope)
  const isKey = scope === 'key'
  return (
    <Card
      id={`${scope}-budgets`}
      title={t(isKey ? 'keys' : 'members')}
      description={t(isKey ? 'keysHint' : 'membersHint')}
      isFlush={own.length > 0}
    >
      {own.length === 0 ? (
        <p className="text-muted">{t(isKey ? 'noKeys' : 'noMembers')}</p>
      ) : (
        <ul>
          {own.map((budget) => (
            <li
              key={budget.budgetId}
              className="flex flex-wrap items-end gap-x-6 gap-y-2 border-b border-hairline px-4 py-3 last:border-b-0 sm:px-5"
            >
              <div className="min-w-0 flex-1 basis-72">
                <p className="mb-1.5 flex flex-wrap items-center gap-2">
                  <bdi className="min-w-0 font-medium break-words">{budget.subject.name}</bdi>
                  {!budget.subject.isActive && <Badge>{t(isKey ? 'ended' : 'left')}</Badge>}
                </p>
                <BudgetMeter budget={budget} />
              </div>
              <BudgetActions
                accountId={accountId}
                budget={budget}
                mayWrite={mayWrite}
                mayAsk={mayAsk}
                hasAsked={asked.includes(budget.budgetId)}
              />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
