import type { PurchaseDto } from '@/lib/domain/purchases'
import { originWords } from '../purchases/words'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'

/** The newest receipts, each with its page at Stripe. */
export function LatestReceiptsCard({ receipts, timeZone }: { receipts: PurchaseDto[]; timeZone: string }) {
  return (
    <Card
      id="latest-receipts"
      title="Latest receipts"
      isFlush
      action={receipts.length > 0 && <TextLink href="/receipts">All receipts</TextLink>}
    >
      {receipts.length === 0 ? (
        <p className="px-4 pb-4 text-muted sm:px-5">
          No receipts yet. Each purchase adds one, with its page at Stripe.
        </p>
      ) : (
        <Table caption={`Latest receipts, dates in ${timeZone}`}>
          <thead>
            <tr>
              <Th>What</Th>
              <Th isFigure>Amount</Th>
              <Th isFigure>Receipt</Th>
            </tr>
          </thead>
          <tbody>
            {receipts.map((receipt) => (
              <tr key={receipt.purchaseId}>
                <Td>
                  <span className="block">{originWords[receipt.origin]}</span>
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
                      View
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
