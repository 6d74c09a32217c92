'use client'

import { accountUrl } from '../api'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

/** Leads to Stripe's page for saving a card. Nothing is charged there. */
export function AddPaymentMethod({ accountId }: { accountId: string }) {
  const start = usePost<{ url: string }>(accountUrl(accountId, 'payment-methods'), ({ url }) => location.assign(url))
  const problem = start.problemBeside([])
  return (
    <div className="flex flex-wrap items-center gap-3">
      {problem && (
        <p role="alert" className="text-bad-ink">
          {problem.message}
        </p>
      )}
      <Button isBusy={start.isPending || start.isDone} busyLabel="Opening Stripe…" onClick={() => start.send({})}>
        Add a card
      </Button>
    </div>
  )
}
