import { useFormats, useTexts } from '#texts'
import { isPositive, parseMoney } from '@/lib/core/money'
import type { GrantDto } from '@/lib/domain/grants'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { EmptyState } from '../ui/empty-state'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TimeText } from '../ui/time'
import { ExpiringSoon } from './expiring-soon'

const usedUpShown = 5

/** Credit in the order in which it burns, with what is left of each parcel. */
export function GrantsCard({ grants, timeZone }: { grants: GrantDto[]; timeZone: string }) {
  const t = useTexts('grants')
  const open = grants.filter((grant) => isPositive(parseMoney(grant.remaining)))
  const usedUp = grants.filter((grant) => !open.includes(grant)).slice(0, usedUpShown)
  return (
    <Card id="grants" title={t('title')} description={t('description')} isFlush>
      {grants.length === 0 ? (
        <div className="px-4 pb-4 sm:px-5">
          <EmptyState title={t('none')}>{t('noneBody')}</EmptyState>
        </div>
      ) : (
        <>
          <div className="px-4 pb-3 empty:hidden sm:px-5">
            <ExpiringSoon grants={open} timeZone={timeZone} />
          </div>
          <Table caption={t('caption', { zone: timeZone })}>
            <thead>
              <tr>
                <Th>{t('credit')}</Th>
                <Th className="max-sm:hidden">{t('through')}</Th>
                <Th isFigure className="max-sm:hidden">
                  {t('amount')}
                </Th>
                <Th isFigure>{t('left')}</Th>
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
  const t = useTexts('grants')
  const f = useFormats()
  const usableThrough = grant.lastDay ? f.day(grant.lastDay) : t('noEnd')
  return (
    <tr className={place === null ? 'text-muted' : undefined}>
      <Td>
        <span className="flex gap-3">
          <span className="w-4 flex-none text-end text-muted">{place ?? ''}</span>
          <span className="min-w-0">
            <span className="block">{t(`sources.${grant.source}`)}</span>
            <span className="block text-xs text-muted">
              <TimeText at={grant.grantedAt} timeZone={timeZone} />
              {grant.lastDay && <span className="sm:hidden">{t('throughShort', { day: usableThrough })}</span>}
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
          {t.rich('of', { amount: () => <MoneyText amount={grant.amount} /> })}
        </span>
      </Td>
    </tr>
  )
}

function Left({ grant: { state, remaining, expired } }: { grant: GrantDto }) {
  const t = useTexts('grants')
  if (state === 'used_up') return t('usedUp')
  if (state === 'expired') {
    return (
      <>
        <Badge>{t('expired')}</Badge>
        <span className="block text-xs text-muted">
          {t.rich('ofIt', { amount: () => <MoneyText amount={expired} /> })}
        </span>
      </>
    )
  }
  return (
    <>
      <MoneyText amount={remaining} className="font-medium" />
      {state === 'ending' && <span className="block text-xs text-muted">{t('held')}</span>}
    </>
  )
}
