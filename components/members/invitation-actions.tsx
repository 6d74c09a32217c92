'use client'

import { useRouter } from 'next/navigation'
import { useTexts } from '#texts'
import { accountUrl } from '../api'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

type InvitationActionsProps = { accountId: string; invitationId: string; email: string }

/** Mails an invitation again with a new link, or takes it back. */
export function InvitationActions({ accountId, invitationId, email }: InvitationActionsProps) {
  const t = useTexts('members')
  const router = useRouter()
  const refresh = () => router.refresh()
  const resend = usePost(accountUrl(accountId, `invitations/${invitationId}/resend`), refresh)
  const revoke = usePost(accountUrl(accountId, `invitations/${invitationId}/revoke`), refresh)
  const problem = resend.problemBeside([]) ?? revoke.problemBeside([])
  return (
    <div className="flex flex-wrap items-center gap-2">
      <p role={problem ? 'alert' : 'status'} className={problem ? 'text-bad-ink' : 'text-good-ink empty:hidden'}>
        {problem ? problem.message : resend.isDone && t('invitations.resent')}
      </p>
      <Button
        isBusy={resend.isPending}
        busyLabel={t('invitations.busy')}
        onClick={() => resend.send({})}
        aria-label={t('invitations.resendTo', { email })}
      >
        {t('invitations.resend')}
      </Button>
      <Button
        look="quiet"
        isBusy={revoke.isPending}
        busyLabel={t('invitations.busy')}
        onClick={() => revoke.send({})}
        aria-label={t('invitations.revokeOf', { email })}
      >
        {t('invitations.revoke')}
      </Button>
    </div>
  )
}
