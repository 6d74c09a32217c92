'use client'

import { useState } from 'react'
import { useTexts } from '#texts'
import type { Role } from '@/lib/domain/members/rules'
import { FormFooter } from '../ui/form-footer'
import { RoleChoice } from './role-choice'

type RoleFormProps = {
  initial: Role
  givable: Role[]
  problem: { message: string } | null
  isPending: boolean
  onSave: (role: Role) => void
}

export function RoleForm({ initial, givable, problem, isPending, onSave }: RoleFormProps) {
  const t = useTexts('members')
  const [role, setRole] = useState(initial)
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        onSave(role)
      }}
    >
      <RoleChoice givable={givable} role={role} onChange={setRole} />
      <FormFooter isPending={isPending} isDone={false} problem={problem} saveLabel={t('change.save')} />
    </form>
  )
}
