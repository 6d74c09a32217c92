import Link from 'next/link'
import { useTexts } from '#texts'
import { auditActions, auditKinds } from '@/lib/domain/audit/rules'
import { Button } from '../ui/button'
import { buttonLook } from '../ui/button-look'
import { Field, Input, Select } from '../ui/field'

export interface AuditChoice {
  actor: string
  action: string
  from: string
  to: string
}

type AuditFiltersProps = { chosen: AuditChoice; actors: { actor: string; email: string }[]; isFiltered: boolean }

/** A plain form: the filters stand in the address. */
export function AuditFilters({ chosen, actors, isFiltered }: AuditFiltersProps) {
  const t = useTexts('audit')
  return (
    <form
      aria-label={t('filters.label')}
      className="grid grid-cols-2 items-end gap-3 lg:grid-cols-[1.3fr_1.3fr_1fr_1fr_auto]"
    >
      <Field label={t('filters.who')} className="max-sm:col-span-2">
        {(control) => (
          <Select {...control} name="actor" defaultValue={chosen.actor}>
            <option value="">{t('filters.anybody')}</option>
            {actors.map(({ actor, email }) => (
              <option key={actor} value={actor}>
                {email}
              </option>
            ))}
            <option value="system">{t('filters.system')}</option>
          </Select>
        )}
      </Field>
      <Field label={t('filters.what')} className="max-sm:col-span-2">
        {(control) => (
          <Select {...control} name="action" defaultValue={chosen.action}>
            <option value="">{t('filters.anything')}</option>
            {auditKinds.map((kind) => (
              <optgroup key={kind} label={t(`kinds.${kind}`)}>
                <option value={kind}>{t('filters.allOf', { kind: t(`kinds.${kind}`) })}</option>
                {auditActions[kind].map((what) => (
                  <option key={what} value={`${kind}.${what}`}>
                    {t(`actions.${kind}.${what}` as 'actions.member.left')}
                  </option>
                ))}
              </optgroup>
            ))}
          </Select>
        )}
      </Field>
      <Field label={t('filters.from')}>
        {(control) => <Input {...control} type="date" name="from" defaultValue={chosen.from} />}
      </Field>
      <Field label={t('filters.to')}>
        {(control) => <Input {...control} type="date" name="to" defaultValue={chosen.to} />}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit">{t('filters.apply')}</Button>
        {isFiltered && (
          <Link href="/settings/audit" className={buttonLook('quiet')}>
            {t('filters.clear')}
          </Link>
        )}
      </div>
    </form>
  )
}
