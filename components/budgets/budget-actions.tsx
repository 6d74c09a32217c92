'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useTexts } from '#texts'
import type { BudgetDto } from '@/lib/domain/budgets'
import { accountUrl } from '../api'
import { Question } from '../members/question'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { AskForMore } from './ask-for-more'
import { ChangeBudget } from './budget-form'

type BudgetActionsProps = {
  accountId: string
  budget: BudgetDto
  mayWrite: boolean
  mayAsk: boolean
  /** Whether the person who looks has asked already and waits. */
  hasAsked: boolean
}

/** Change and remove for those who set budgets, ask for more for the others. */
export function BudgetActions({ accountId, budget, mayWrite, mayAsk, hasAsked }: BudgetActionsProps) {
  const t = useTexts('budgets')
  const router = useRouter()
  const [asking, setAsking] = useState<'change' | 'removal' | null>(null)
  const close = () => setAsking(null)
  const { name, isActive } = budget.subject
  const words = { name, window: t(`windows.${budget.window}`) }
  if (!mayWrite) {
    return mayAsk && isActive ? (
      <div>
        <AskForMore
          accountId={accountId}
          budgetId={budget.budgetId}
          limit={budget.limit}
          label={t('actions.ask')}
          of={t('actions.askOf', words)}
          hasAsked={hasAsked}
        />
      </div>
    ) : null
  }
  return (
    <div className="flex flex-wrap items-center gap-2">
      {isActive && (
        <Button onClick={() => setAsking('change')} aria-label={t('actions.changeOf', words)}>
          {t('actions.change')}
        </Button>
      )}
      <Button look="quiet" onClick={() => setAsking('removal')} aria-label={t('actions.removeOf', words)}>
        {t('actions.remove')}
      </Button>
      <Dialog
        isOpen={asking === 'change'}
        onClose={close}
        title={t('form.changeTitle', { name })}
        description={t('form.lower')}
      >
        <ChangeBudget accountId={accountId} budget={budget} onDone={close} />
      </Dialog>
      <Question
        isOpen={asking === 'removal'}
        onClose={close}
        url={accountUrl(accountId, `budgets/${budget.budgetId}/remove`)}
        title={t('removal.title', { name })}
        body={t('removal.body')}
        confirm={t('removal.confirm')}
        busy={t('removal.busy')}
        cancel={t('removal.cancel')}
        onDone={() => {
          close()
          router.refresh()
        }}
      />
    </div>
  )
}
