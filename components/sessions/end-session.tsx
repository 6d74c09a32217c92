'use client'

import { useRouter } from 'next/navigation'
import { useTexts } from '#texts'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

/** Signs one other device out. */
export function EndSession({ sessionId, label }: { sessionId: string; label: string }) {
  const t = useTexts('sessions')
  const router = useRouter()
  const end = usePost(`/api/sessions/${sessionId}/end`, () => router.refresh())
  const problem = end.problemBeside([])
  return (
    <div className="flex flex-wrap items-center gap-2">
      {problem && (
        <p role="alert" className="text-bad-ink">
          {problem.message}
        </p>
      )}
      <Button isBusy={end.isPending} busyLabel={t('busy')} onClick={() => end.send({})} aria-label={label}>
        {t('end')}
      </Button>
    </div>
  )
}
