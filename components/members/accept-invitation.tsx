'use client'

import { useTexts } from '#texts'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

/** The one button of an invitation. */
export function AcceptInvitation({ token, accountName }: { token: string; accountName: string }) {
  const t = useTexts('members.invitation')
  const accept = usePost('/api/invitations/accept', () => location.assign('/'))
  const problem = accept.problemBeside([])
  return (
    <div className="flex flex-col gap-3">
      {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
      <Button
        look="primary"
        isWide
        isBusy={accept.isPending || accept.isDone}
        busyLabel={t('accepting')}
        onClick={() => accept.send({ token })}
      >
        {t('accept', { account: accountName })}
      </Button>
    </div>
  )
}
