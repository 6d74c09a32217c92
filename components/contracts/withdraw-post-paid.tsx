'use client'

import { useRouter } from 'next/navigation'
import { useTexts } from '#texts'
import { accountUrl } from '../api'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

/** Takes a request for post-paid back. */
export function WithdrawPostPaid({ accountId, requestId }: { accountId: string; requestId: string }) {
  const t = useTexts('contracts.ask')
  const router = useRouter()
  const withdraw = usePost(accountUrl(accountId, `post-paid-requests/${requestId}/withdraw`), () => router.refresh())
  const problem = withdraw.problemBeside([])
  return (
    <>
      {problem && (
        <p role="alert" className="text-bad-ink">
          {problem.message}
        </p>
      )}
      <Button look="quiet" isBusy={withdraw.isPending} busyLabel={t('busy')} onClick={() => withdraw.send({})}>
        {t('withdraw')}
      </Button>
    </>
  )
}
