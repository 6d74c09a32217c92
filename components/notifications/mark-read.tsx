'use client'

import { useRouter } from 'next/navigation'
import { useTexts } from '#texts'
import { accountUrl } from '../api'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

/** Marks what the page shows as seen; what has come since stays new. */
export function MarkRead({ accountId, until }: { accountId: string; until: string }) {
  const t = useTexts('notifications')
  const router = useRouter()
  const mark = usePost(accountUrl(accountId, 'notifications/read'), () => router.refresh())
  return (
    <>
      <Button onClick={() => mark.send({ until })} isBusy={mark.isPending} busyLabel={t('reading')}>
        {t('read')}
      </Button>
      <p role="alert" className="text-bad-ink empty:hidden">
        {mark.problemBeside([])?.message}
      </p>
    </>
  )
}
