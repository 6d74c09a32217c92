'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTexts } from '#texts'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { accountUrl } from '../api'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

/** Closes the payment page of an open purchase. When it was paid in the meantime, it is paid, and the page says so. */
export function CancelPurchase({ accountId, purchaseId }: { accountId: string; purchaseId: string }) {
  const t = useTexts('purchases.cancel')
  const router = useRouter()
  const queries = useQueryClient()
  const cancel = usePost<PurchaseDto>(accountUrl(accountId, `purchases/${purchaseId}/cancel`), () => {
    queries.invalidateQueries({ queryKey: ['standing'] })
    router.refresh()
  })
  const problem = cancel.problemBeside([])
  return (
    <>
      <Button
        look="quiet"
        isBusy={cancel.isPending || cancel.isDone}
        busyLabel={t('busy')}
        onClick={() => cancel.send({})}
      >
        {t('go')}
      </Button>
      {problem && (
        <p role="alert" className="text-xs text-bad-ink">
          {problem.message}
        </p>
      )}
    </>
  )
}
