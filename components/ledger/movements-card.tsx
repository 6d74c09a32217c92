import type { MovementDto } from '@/lib/domain/ledger'
import { movementText } from '@/lib/domain/ledger/rules'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TimeText } from '../ui/time'

/** The newest movements with the balance after each. */
export function MovementsCard({ movements, timeZone }: { movements: MovementDto[]; timeZone: string }) {
  return (
    <Card id="movements" title="Latest movements" isFlush>
      <Table caption={`Latest movements of credit, dates in ${timeZone}`}>
        <thead>
          <tr>
            <Th>What</Th>
            <Th isFigure>Amount</Th>
            <Th isFigure>Balance after</Th>
          </tr>
        </thead>
        <tbody>
          {movements.map((movement) => (
            <tr key={movement.seq}>
              <Td>
                <span className="block">{movementText(movement)}</span>
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
