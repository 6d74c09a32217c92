import { useTexts } from '#texts'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'

/** The newest receipts, each with its page at Stripe. */
export function LatestReceiptsCard({ receipts, timeZone }: { receipts: PurchaseDto[]; timeZone: string }) {
  const t = useTexts('receipts')
  const purchases = useTexts('purchases')
  return (
    <Card
      id="latest-receipts"
      title={t('latest.title')}
      isFlush
      action={receipts.length > 0 && <TextLink href="/receipts">{t('latest.all')}</TextLink>}
    >
      {receipts.length === 0 ? (
        <p className="px-4 pb-4 text-muted sm:px-5">{t('latest.none')}</p>
      ) : (
        <Table caption={t('latest.caption', { zone: timeZone })}>
          <thead>
            <tr>
              <Th>{t('what')}</Th>
              <Th isFigure>{t('amount')}</Th>
              <Th isFigure>{t('receipt')}</Th>
            </tr>
          </thead>
          <tbody>
            {receipts.map((receipt) => (
              <tr key={receipt.purchaseId}>
                <Td>
                  <span className="block">{purchases(`origins.${receipt.origin}`)}</span>
                  <span className="text-xs text-muted">
                    <TimeText at={receipt.paidAt ?? receipt.createdAt} timeZone={timeZone} />
                  </span>
                </Td>
                <Td isFigure>
                  <MoneyText amount={receipt.amount} />
                </Td>
                <Td isFigure>
                  {receipt.receiptUrl && (
                    <TextLink href={receipt.receiptUrl} opensAway>
                      {t('latest.view')}
                    </TextLink>
                  )}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  )
}
