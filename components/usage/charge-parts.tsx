import { useFormats, useTexts } from '#texts'
import type { ChargeDto, ChargeGrant, ChargePart } from '@/lib/domain/usage'
import { Card } from '../ui/card'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { ExactText } from './exact-text'
import { movementHref } from './view-links'

/** The credit that paid, part by part, each with the receipt that it came from. */
export function ChargeParts({ charge }: { charge: ChargeDto }) {
  const t = useTexts('usage')
  const f = useFormats()
  const { transfer, parts, timeZone, event } = charge
  return (
    <Card
      id="paid"
      title={t('charge.paid.title')}
      description={
        transfer
          ? t.rich(transfer.events > 1 ? 'charge.paid.together' : 'charge.paid.alone', {
              instant: f.instant(transfer.postedAt, timeZone),
              count: transfer.events,
              link: (words) => <TextLink href={movementHref(transfer.seq)}>{words}</TextLink>,
            })
          : t('charge.paid.free')
      }
      isFlush
    >
      {parts.length > 0 && (
        <Table caption={t('charge.paid.caption')}>
          <thead>
            <tr>
              <Th>{t('charge.paid.from')}</Th>
              <Th isFigure>{t('charge.price.sum')}</Th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part, place) => (
              <tr key={place}>
                <Td>
                  <Part part={part} timeZone={timeZone} />
                </Td>
                <Td isFigure>
                  <ExactText amount={part.amount} currency={event.currency} />
                </Td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <Td className="border-t font-semibold">{t('charge.price.charge')}</Td>
              <Td isFigure className="border-t font-semibold">
                <ExactText amount={charge.charge} currency={event.currency} />
              </Td>
            </tr>
          </tfoot>
        </Table>
      )}
    </Card>
  )
}

function Part({ part, timeZone }: { part: ChargePart; timeZone: string }) {
  const t = useTexts('usage')
  const f = useFormats()
  if (part.kind === 'grant') return <Grant grant={part.grant} timeZone={timeZone} />
  if (part.kind === 'owed') return t('charge.paid.owed')
  return (
    <>
      <span className="block">{t('charge.paid.repaid', { day: f.day(part.at, timeZone) })}</span>
      {part.grant ? (
        <Grant grant={part.grant} timeZone={timeZone} isSmall />
      ) : (
        <Small>{t('charge.paid.returned')}</Small>
      )}
    </>
  )
}

const Small = ({ children }: { children: React.ReactNode }) => (
  <span className="block text-xs text-muted">{children}</span>
)

function Grant({ grant, timeZone, isSmall }: { grant: ChargeGrant; timeZone: string; isSmall?: boolean }) {
  const t = useTexts('usage')
  const f = useFormats()
  const { source, isGift, grantedAt, receipt } = grant
  const words = t(`sources.${isGift ? 'gift' : source}`, { day: f.day(grantedAt, timeZone) })
  return (
    <>
      {isSmall ? <Small>{words}</Small> : <span className="block">{words}</span>}
      {receipt && (
        <span className="flex flex-wrap gap-x-3 gap-y-2.5 text-xs">
          {receipt.receiptUrl ? (
            <TextLink href={receipt.receiptUrl} opensAway>
              {receipt.receiptNumber
                ? t('charge.paid.receiptNumber', { number: receipt.receiptNumber })
                : t('charge.paid.receipt')}
            </TextLink>
          ) : (
            <TextLink href="/receipts">{t('charge.paid.receipts')}</TextLink>
          )}
          {receipt.invoicePdfUrl && (
            <TextLink href={receipt.invoicePdfUrl} opensAway>
              {t('charge.paid.invoice')}
            </TextLink>
          )}
        </span>
      )}
    </>
  )
}
