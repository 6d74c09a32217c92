'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { useTexts } from '#texts'
import type { Role } from '@/lib/domain/members/rules'
import type { MemberDto } from '@/lib/domain/people'
import { accountUrl } from '../api'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { usePost } from '../use-post'
import { Question } from './question'
import { RoleForm } from './role-form'

type MemberActionsProps = {
  accountId: string
  accountName: string
  member: MemberDto
  /** The roles that the person who looks may give. */
  givable: Role[]
  mayRemove: boolean
  mayLeave: boolean
}

/** What the person who looks may do with a member: another role, take them out, or leave themselves. */
export function MemberActions({ accountId, accountName, member, givable, mayRemove, mayLeave }: MemberActionsProps) {
  const t = useTexts('members')
  const router = useRouter()
  const [asking, setAsking] = useState<'role' | 'removal' | 'leaving' | null>(null)
  const person = member.name ?? member.email
  const done = () => {
    setAsking(null)
    router.refresh()
  }
  const role = usePost(accountUrl(accountId, `members/${member.userId}/role`), done)
  return (
    <div className="flex flex-wrap items-center gap-2">
      {givable.includes(member.role) && (
        <Button onClick={() => setAsking('role')} aria-label={t('list.changeRoleOf', { person })}>
          {t('list.changeRole')}
        </Button>
      )}
      {mayRemove && !member.isYou && (
        <Button look="quiet" onClick={() => setAsking('removal')} aria-label={t('list.removeOf', { person })}>
          {t('list.remove')}
        </Button>
      )}
      {member.isYou && mayLeave && (
        <Button look="quiet" onClick={() => setAsking('leaving')}>
          {t('list.leave')}
        </Button>
      )}
      <Dialog
        isOpen={asking === 'role'}
        onClose={() => setAsking(null)}
        title={t('change.title', { person })}
        description={t('change.body')}
      >
        <RoleForm
          initial={member.role}
          givable={givable}
          problem={role.problemBeside([])}
          isPending={role.isPending}
          onSave={(chosen) => role.send({ role: chosen })}
        />
      </Dialog>
      <Question
        isOpen={asking === 'removal'}
        onClose={() => setAsking(null)}
        url={accountUrl(accountId, `members/${member.userId}/remove`)}
        title={t('removal.title', { person })}
        body={t('removal.body')}
        confirm={t('removal.confirm')}
        busy={t('removal.busy')}
        cancel={t('removal.cancel')}
        onDone={done}
      />
      <Question
        isOpen={asking === 'leaving'}
        onClose={() => setAsking(null)}
        url={accountUrl(accountId, 'leave')}
        title={t('leaving.title', { account: accountName })}
        body={t('leaving.body')}
        confirm={t('leaving.confirm')}
        busy={t('leaving.busy')}
        cancel={t('leaving.cancel')}
        onDone={() => location.assign('/')}
      />
    </div>
  )
}
