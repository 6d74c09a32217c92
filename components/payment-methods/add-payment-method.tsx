'use client'

import { useTexts } from '#texts'
import { accountUrl } from '../api'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

/** Leads to Stripe's page for saving a card. Nothing is charged there. */
export function AddPaymentMethod({ accountId }: { accountId: string }) {
  const t = useTexts('payment-methods.add')
  const start = usePost<{ url: string }>(accountUrl(accountId, 'payment-methods'), ({ url }) => location.assign(url))
  const problem = start.problemBeside([])
  return (
    <div className="flex flex-wrap items-center gap-3">
      {problem && (
        <p role="alert" className="text-bad-ink">
          {problem.message}
        </p>
      )}
      <Button isBusy={start.isPending || start.isDone} busyLabel={t('busy')} onClick={() => start.send({})}>
        {t('go')}
      </Button>
    </div>
  )
}
