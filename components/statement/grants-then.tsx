import { useFormats, useTexts } from '#texts'
import type { StatementDto } from '@/lib/domain/statement'
import { Card } from '../ui/card'
import { Table, Td, Th } from '../ui/table'
import { TimeText } from '../ui/time'
import { Figure } from './figure'

/** What every grant had left at the moment that the statement is as of. */
export function GrantsThen({ statement }: { statement: StatementDto }) {
  const t = useTexts('statement')
  const f = useFormats()
  const { grants, asOf, timeZone, currency } = statement
  if (!asOf) return null
  return (
    <Card
      id="grants"
      title={t('grants.title')}
      description={t('grants.description', { at: f.instant(asOf, timeZone) })}
      isFlush={grants.length > 0}
    >
      {grants.length === 0 ? (
        <p className="text-muted">{t('grants.none')}</p>
      ) : (
        <Table caption={t('grants.title')}>
          <thead>
            <tr>
              <Th>{t('grants.grant')}</Th>
              <Th isFigure>{t('grants.amount')}</Th>
              <Th isFigure>{t('grants.left')}</Th>
            </tr>
          </thead>
          <tbody>
            {grants.map(({ grantId, source, amount, left, grantedAt }) => (
              <tr key={grantId}>
                <Td>
                  <span className="block">{t(`sources.${source}`)}</span>
                  <span className="text-xs text-muted">
                    <TimeText at={grantedAt} timeZone={timeZone} />
                  </span>
                </Td>
                <Td isFigure className="text-muted">
                  <Figure amount={amount} currency={currency} />
                </Td>
                <Td isFigure>
                  <Figure amount={left} currency={currency} />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  )
}
