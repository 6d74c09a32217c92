import { isPositive, parseMoney } from '@/lib/core/money'
import type { GrantDto } from '@/lib/domain/grants'
import { Card } from '../ui/card'
import { EmptyState } from '../ui/empty-state'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TimeText } from '../ui/time'
import { sourceWords } from './words'

const usedUpShown = 5

/** Credit in the order in which it burns, with what is left of each parcel. */
export function GrantsCard({ grants, timeZone }: { grants: GrantDto[]; timeZone: string }) {
  const open = grants.filter((grant) => isPositive(parseMoney(grant.remaining)))
  const usedUp = grants.filter((grant) => !open.includes(grant)).slice(0, usedUpShown)
  return (
    <Card
      id="grants"
      title="Credit, in the order it is used"
      description="What expires first goes first; free credit goes before paid; then the oldest."
      isFlush
    >
      {grants.length === 0 ? (
        <div className="px-4 pb-4 sm:px-5">
          <EmptyState title="No credit yet">Each purchase adds a parcel of credit here.</EmptyState>
        </div>
      ) : (
        <Table caption={`Credit in burn order, dates in ${timeZone}`}>
          <thead>
            <tr>
              <Th>Credit</Th>
              <Th className="max-sm:hidden">Expires</Th>
              <Th isFigure className="max-sm:hidden">
                Amount
              </Th>
              <Th isFigure>Left</Th>
            </tr>
          </thead>
          <tbody>
            {open.map((grant, index) => (
              <GrantRow key={grant.grantId} grant={grant} timeZone={timeZone} place={index + 1} />
            ))}
            {usedUp.map((grant) => (
              <GrantRow key={grant.grantId} grant={grant} timeZone={timeZone} place={null} />
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  )
}

type GrantRowProps = { grant: GrantDto; timeZone: string; place: number | null }

function GrantRow({ grant, timeZone, place }: GrantRowProps) {
  const expires = grant.expiresAt ? <TimeText at={grant.expiresAt} timeZone={timeZone} /> : 'Never'
  return (
    <tr className={place === null ? 'text-muted' : undefined}>
      <Td>
        <span className="flex gap-3">
          <span className="w-4 flex-none text-right text-muted">{place ?? ''}</span>
          <span className="min-w-0">
            <span className="block">{sourceWords[grant.source]}</span>
            <span className="block text-xs text-muted">
              <TimeText at={grant.grantedAt} timeZone={timeZone} />
              <span className="sm:hidden">, expires: {expires}</span>
            </span>
          </span>
        </span>
      </Td>
      <Td className="max-sm:hidden">{expires}</Td>
      <Td isFigure className="max-sm:hidden">
        <MoneyText amount={grant.amount} />
      </Td>
      <Td isFigure>
        {place === null ? 'Used up' : <MoneyText amount={grant.remaining} className="font-medium" />}
        <span className="block text-xs text-muted sm:hidden">
          of <MoneyText amount={grant.amount} />
        </span>
      </Td>
    </tr>
  )
}
