import { Check, Minus } from 'lucide-react'
import { useTexts } from '#texts'
import { actions, may, roles } from '@/lib/domain/members/rules'
import { Card } from '../ui/card'
import { Table, Td, Th } from '../ui/table'

/** Nothing hangs on it yet, so nobody is told of it. */
const shown = actions.filter((action) => action !== 'account:write')

/** The table that decides: rows are what may be done, columns who may. On a phone it becomes a list of roles. */
export function RolesCard() {
  const t = useTexts('members')
  return (
    <Card id="roles" title={t('matrix.title')} isFlush>
      <div className="max-md:hidden">
        <Table caption={t('matrix.caption')}>
          <thead>
            <tr>
              <Th>{t('matrix.may')}</Th>
              {roles.map((role) => (
                <Th key={role} className="text-center!">
                  {t(`roles.${role}`)}
                </Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((action) => (
              <tr key={action}>
                <Td>{t(`matrix.actions.${action}`)}</Td>
                {roles.map((role) => (
                  <Td key={role} className="text-center!">
                    {may(role, action) ? (
                      <Check role="img" aria-label={t('matrix.yes')} className="inline size-4 text-good-ink" />
                    ) : (
                      <Minus role="img" aria-label={t('matrix.no')} className="inline size-4 text-muted" />
                    )}
                  </Td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
      <dl className="flex flex-col gap-3 px-4 pb-3 md:hidden">
        {roles.map((role) => (
          <div key={role}>
            <dt className="font-medium">{t(`roles.${role}`)}</dt>
            <dd className="text-muted">{t(`roleHints.${role}`)}</dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}
