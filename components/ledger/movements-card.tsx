import { useTexts } from '#texts'
import type { MovementDto } from '@/lib/domain/ledger'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'
import { movementWords } from './words'

/** The newest movements with the balance after each. */
export function MovementsCard({ movements, timeZone }: { movements: MovementDto[]; timeZone: string }) {
  const t = useTexts('ledger')
  return (
    <Card id="movements" title={t('title')} isFlush>
      <Table caption={t('caption', { zone: timeZone })}>
        <thead>
          <tr>
            <Th>{t('what')}</Th>
            <Th isFigure>{t('amount')}</Th>
            <Th isFigure>{t('after')}</Th>
          </tr>
        </thead>
        <tbody>
          {movements.map((movement) => (
            <tr key={movement.seq}>
              <Td>
                <span className="block">
                  <TextLink href={`/statement/${movement.seq}`}>{movementWords(t, movement)}</TextLink>
                </span>
                <span className="text-xs text-muted">
                  <TimeText at={movement.postedAt} timeZone={timeZone} />
                </span>
              </Td>
              <Td isFigure>
                <MoneyText amount={movement.amount} isSigned />
              </Td>
              <Td isFigure className="text-muted">
                <MoneyText amount={movement.balanceAfter} />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  )
}
