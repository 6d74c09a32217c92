import { isPositive, parseMoney } from '@/lib/core/money'
import type { GrantDto } from '@/lib/domain/grants'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { EmptyState } from '../ui/empty-state'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TimeText } from '../ui/time'
import { ExpiringSoon } from './expiring-soon'
import { dayWords, sourceWords } from './words'

const usedUpShown = 5

/** Credit in the order in which it burns, with what is left of each parcel. */
export function GrantsCard({ grants, timeZone }: { grants: GrantDto[]; timeZone: string }) {
  const open = grants.filter((grant) => isPositive(parseMoney(grant.remaining)))
  const usedUp = grants.filter((grant) => !open.includes(grant)).slice(0, usedUpShown)
  return (
    <Card
      id="grants"
      title="Credit, in the order it is used"
      description="What expires first goes first; free credit goes before paid; then the oldest. What a promotion code added goes last."
      isFlush
    >
      {grants.length === 0 ? (
        <div className="px-4 pb-4 sm:px-5">
          <EmptyState title="No credit yet">Each purchase adds a parcel of credit here.</EmptyState>
        </div>
      ) : (
        <>
          <div className="px-4 pb-3 empty:hidden sm:px-5">
            <ExpiringSoon grants={open} timeZone={timeZone} />
          </div>
          <Table caption={`Credit in burn order, dates in ${timeZone}`}>
            <thead>
              <tr>
                <Th>Credit</Th>
                <Th className="max-sm:hidden">Usable through</Th>
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
        </>
      )}
    </Card>
  )
}

type GrantRowProps = { grant: GrantDto; timeZone: string; place: number | null }

function GrantRow({ grant, timeZone, place }: GrantRowProps) {
  const usableThrough = grant.lastDay ? dayWords(grant.lastDay) : 'No end'
  return (
    <tr className={place === null ? 'text-muted' : undefined}>
      <Td>
        <span className="flex gap-3">
          <span className="w-4 flex-none text-end text-muted">{place ?? ''}</span>
          <span className="min-w-0">
            <span className="block">{sourceWords[grant.source]}</span>
            <span className="block text-xs text-muted">
              <TimeText at={grant.grantedAt} timeZone={timeZone} />
              {grant.lastDay && <span className="sm:hidden">, usable through {usableThrough}</span>}
            </span>
          </span>
        </span>
      </Td>
      <Td className="max-sm:hidden">{usableThrough}</Td>
      <Td isFigure className="max-sm:hidden">
        <MoneyText amount={grant.amount} />
      </Td>
      <Td isFigure>
        <Left grant={grant} />
        <span className="block text-xs text-muted sm:hidden">
          of <MoneyText amount={grant.amount} />
        </span>
      </Td>
    </tr>
  )
}

function Left({ grant: { state, remaining, expired } }: { grant: GrantDto }) {
  if (state === 'used_up') return 'Used up'
  if (state === 'expired') {
    return (
      <>
        <Badge>Expired</Badge>
        <span className="block text-xs text-muted">
          <MoneyText amount={expired} /> of it
        </span>
      </>
    )
  }
  return (
    <>
      <MoneyText amount={remaining} className="font-medium" />
      {state === 'ending' && <span className="block text-xs text-muted">held by running requests</span>}
    </>
  )
}
