'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { useTexts } from '#texts'
import type { Role } from '@/lib/domain/members/rules'
import type { InvitedDto } from '@/lib/domain/people'
import { invitationDays } from '@/lib/domain/people/rules'
import { accountUrl } from '../api'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, Input } from '../ui/field'
import { usePost } from '../use-post'
import { RoleChoice } from './role-choice'

/** The button that invites, its form, and what came of it. */
export function InviteMember({ accountId, givable }: { accountId: string; givable: Role[] }) {
  const t = useTexts('members')
  const router = useRouter()
  const [isOpen, setOpen] = useState(false)
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('developer')
  const invite = usePost<InvitedDto>(accountUrl(accountId, 'invitations'), () => {
    setOpen(false)
    setEmail('')
    router.refresh()
  })
  const problem = invite.problemBeside(['email'])
  const open = () => {
    invite.reset()
    setOpen(true)
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    invite.send({ email, role }, { email: email.includes('@') ? null : t('invite.emailMissing') })
  }
  const sent = invite.answer
  return (
    <div className="flex flex-col items-end gap-2 max-sm:w-full max-sm:items-stretch">
      <Button look="primary" onClick={open}>
        {t('invite.button')}
      </Button>
      <p role="status" className="empty:hidden">
        {sent && !isOpen && t(sent.isMailed ? 'invite.sent' : 'invite.notMailed', { email: sent.email })}
      </p>
      <Dialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={t('invite.title')}
        description={t('invite.body', { days: invitationDays })}
      >
        <form noValidate onSubmit={onSubmit} className="flex flex-col gap-4">
          <Field label={t('invite.email')} error={invite.fieldError('email')}>
            {(control) => (
              <Input
                {...control}
                data-focus-first
                type="email"
                autoComplete="off"
                dir="ltr"
                value={email}
                onChange={(event) => setEmail(event.target.value)}
              />
            )}
          </Field>
          <RoleChoice givable={givable} role={role} onChange={setRole} />
          {problem && <Banner tone="bad" title={problem.message} isAnnounced />}
          <div>
            <Button type="submit" look="primary" isBusy={invite.isPending} busyLabel={t('invite.sending')}>
              {t('invite.send')}
            </Button>
          </div>
        </form>
      </Dialog>
    </div>
  )
}
