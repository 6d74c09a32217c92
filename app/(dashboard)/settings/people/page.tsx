import { ClientTexts, getTexts } from '#texts'
import { InvitationsCard } from '@/components/members/invitations-card'
import { InviteMember } from '@/components/members/invite-member'
import { MembersCard } from '@/components/members/members-card'
import { RolesCard } from '@/components/members/roles-card'
import { PageHeader } from '@/components/ui/page-header'
import { may } from '@/lib/domain/members/rules'
import { listInvitations, listMembers } from '@/lib/domain/people'
import { rolesToGive } from '@/lib/domain/people/rules'
import { readPage } from '../../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('members'))('title') })

export default async function PeoplePage() {
  const t = await getTexts('members')
  const { actor, accountId, standing, role } = await readPage()
  const mayInvite = may(role, 'members:write')
  const [members, invitations] = await Promise.all([
    listMembers(actor, { accountId }),
    mayInvite ? listInvitations(actor, { accountId }) : [],
  ])
  const { timeZone } = standing.month
  return (
    <ClientTexts of={['members']}>
      <div className="flex flex-col gap-4 sm:gap-5">
        <PageHeader
          title={t('title')}
          description={t('description', { account: standing.accountName })}
          action={mayInvite && <InviteMember accountId={accountId} givable={rolesToGive(role)} />}
        />
        <MembersCard
          accountId={accountId}
          accountName={standing.accountName}
          role={role}
          members={members}
          timeZone={timeZone}
        />
        {mayInvite && <InvitationsCard accountId={accountId} invitations={invitations} timeZone={timeZone} />}
        <RolesCard />
      </div>
    </ClientTexts>
  )
}
