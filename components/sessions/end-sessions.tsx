'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useTexts } from '#texts'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { usePost } from '../use-post'

/** Signs every other device out; or, after a question, every device. */
export function EndSessions() {
  const t = useTexts('sessions')
  const router = useRouter()
  const [isAsking, setAsking] = useState(false)
  const others = usePost<{ ended: number }>('/api/sessions/end', () => router.refresh())
  const all = usePost<{ ended: number }>('/api/sessions/end', () => location.assign('/sign-in'))
  const problem = others.problemBeside([]) ?? all.problemBeside([])
  return (
    <div className="flex flex-col gap-3">
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <div className="flex flex-wrap gap-2">
        <Button isBusy={others.isPending} busyLabel={t('busy')} onClick={() => others.send({ keepThis: true })}>
          {t('others')}
        </Button>
        <Button look="quiet" onClick={() => setAsking(true)}>
          {t('everywhere')}
        </Button>
      </div>
      <p role="status" className="text-good-ink empty:hidden">
        {others.answer && t('ended', { count: others.answer.ended })}
      </p>
      <Dialog isOpen={isAsking} onClose={() => setAsking(false)} title={t('question')} description={t('questionBody')}>
        <div className="flex flex-wrap gap-2">
          <Button
            look="danger"
            isBusy={all.isPending || all.isDone}
            busyLabel={t('busy')}
            onClick={() => all.send({ keepThis: false })}
          >
            {t('everywhere')}
          </Button>
          <Button onClick={() => setAsking(false)} data-focus-first>
            {t('cancel')}
          </Button>
        </div>
      </Dialog>
    </div>
  )
}
