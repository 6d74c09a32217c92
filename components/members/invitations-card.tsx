import { useFormats, useTexts } from '#texts'
import type { InvitationDto } from '@/lib/domain/people'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { InvitationActions } from './invitation-actions'

type InvitationsCardProps = { accountId: string; invitations: InvitationDto[]; timeZone: string }

/** Who is invited and has not answered. */
export function InvitationsCard({ accountId, invitations, timeZone }: InvitationsCardProps) {
  const t = useTexts('members')
  const f = useFormats()
  return (
    <Card id="invitations" title={t('invitations.title')} isFlush={invitations.length > 0}>
      {invitations.length === 0 && <p className="text-muted">{t('invitations.empty')}</p>}
      <ul>
        {invitations.map(({ invitationId, email, role, invitedBy, expiresAt, isExpired, isMailed }) => (
          <li
            key={invitationId}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-hairline px-4 py-3 last:border-b-0 sm:px-5"
          >
            <div className="min-w-0 flex-1 basis-56">
              <p className="flex flex-wrap items-center gap-2">
                <bdi className="min-w-0 font-medium break-all">{email}</bdi>
                <Badge>{t(`roles.${role}`)}</Badge>
                {isExpired && <Badge tone="warn">{t('invitations.expired')}</Badge>}
                {!isMailed && <Badge tone="warn">{t('invitations.notMailed')}</Badge>}
              </p>
              <p className="text-muted">
                {invitedBy && t('invitations.by', { person: invitedBy })}
                {invitedBy && !isExpired && ' · '}
                {!isExpired && t('invitations.until', { day: f.day(expiresAt, timeZone) })}
              </p>
            </div>
            <InvitationActions accountId={accountId} invitationId={invitationId} email={email} />
          </li>
        ))}
      </ul>
    </Card>
  )
}
