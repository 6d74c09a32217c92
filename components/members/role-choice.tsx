'use client'

import { useId } from 'react'
import { useTexts } from '#texts'
import { type Role, roles } from '@/lib/domain/members/rules'
import { Radio } from '../ui/field'

type RoleChoiceProps = { givable: Role[]; role: Role; onChange: (role: Role) => void }

/** Every role with what it means; those above one's own cannot be chosen. */
export function RoleChoice({ givable, role, onChange }: RoleChoiceProps) {
  const t = useTexts('members')
  const name = useId()
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 font-medium">{t('invite.role')}</legend>
      {roles.map((one) => {
        const isGivable = givable.includes(one)
        return (
          <Radio
            key={one}
            name={name}
            value={one}
            checked={role === one}
            disabled={!isGivable}
            onChange={() => onChange(one)}
            label={t(`roles.${one}`)}
            hint={isGivable ? t(`roleHints.${one}`) : t('change.ownersOnly')}
          />
        )
      })}
    </fieldset>
  )
}
