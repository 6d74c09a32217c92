import { useFormats, useTexts } from '#texts'
import { may } from '@/lib/domain/members/rules'
import type { MemberDto } from '@/lib/domain/people'
import { refuseLeaving, refuseRemoval, refuseRoleChange, rolesToGive } from '@/lib/domain/people/rules'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { MemberActions } from './member-actions'

type MembersCardProps = {
  accountId: string
  accountName: string
  /** The role of the person who looks. */
  role: string
  members: MemberDto[]
  timeZone: string
}

/** Everybody who belongs to the account. What would be refused is not offered. */
export function MembersCard({ accountId, accountName, role, members, timeZone }: MembersCardProps) {
  const t = useTexts('members')
  const f = useFormats()
  const owners = members.filter((member) => member.role === 'owner').length
  return (
    <Card id="members" title={t('list.title')} description={t('list.count', { count: members.length })} isFlush>
      <ul>
        {members.map((member) => {
          const facts = { actorRole: role, from: member.role, owners }
          const givable = rolesToGive(role).filter((to) => refuseRoleChange({ ...facts, to }) === null)
          const isLastOwner = refuseLeaving(facts) !== null
          return (
            <li
              key={member.userId}
              className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-hairline px-4 py-3 last:border-b-0 sm:px-5"
            >
              <div className="min-w-0 flex-1 basis-56">
                <p className="flex flex-wrap items-center gap-2">
                  <bdi className="min-w-0 font-medium break-all">{member.name ?? member.email}</bdi>
                  <Badge tone={member.role === 'owner' ? 'accent' : 'neutral'}>{t(`roles.${member.role}`)}</Badge>
                  {member.isYou && <Badge>{t('list.you')}</Badge>}
                </p>
                <p className="text-muted">
                  {member.name && <bdi className="break-all">{member.email}</bdi>}
                  {member.name && ' · '}
                  {t('list.since', { day: f.day(member.memberSince, timeZone) })}
                </p>
                {isLastOwner && member.isYou && <p className="text-muted">{t('list.lastOwner')}</p>}
              </div>
              <MemberActions
                accountId={accountId}
                accountName={accountName}
                member={member}
                givable={givable.length > 1 ? givable : []}
                mayRemove={may(role, 'members:write') && refuseRemoval(facts) === null}
                mayLeave={!isLastOwner}
              />
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
