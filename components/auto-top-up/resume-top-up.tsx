'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTexts } from '#texts'
import { accountUrl } from '../api'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

/** Ends a pause or a wait: the card is tried again at once when credit is low. */
export function ResumeTopUp({ accountId }: { accountId: string }) {
  const t = useTexts('auto-top-up.resume')
  const router = useRouter()
  const queries = useQueryClient()
  const resume = usePost(accountUrl(accountId, 'auto-top-up/resume'), () => {
    queries.invalidateQueries({ queryKey: ['standing'] })
    router.refresh()
  })
  const problem = resume.problemBeside([])
  return (
    <>
      <Button look="primary" isBusy={resume.isPending} busyLabel={t('busy')} onClick={() => resume.send({})}>
        {t('go')}
      </Button>
      {problem && (
        <p role="alert" className="text-bad-ink">
          {problem.message}
        </p>
      )}
    </>
  )
}
