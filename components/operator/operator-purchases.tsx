import { useFormats, useTexts } from '#texts'
import { isPositive, parseMoney } from '@/lib/core/money'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { paidWith, stateTones } from '../purchases/words'
import { RefundPurchase } from '../refunds/refund-purchase'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { EmptyState } from '../ui/empty-state'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'

type OperatorPurchasesProps = { accountId: string; purchases: PurchaseDto[]; timeZone: string; mayRefund: boolean }

/** Every purchase, and every payment of an invoice, with what is left of its credit, and the refund that staff may make at any time. */
export function OperatorPurchases({ accountId, purchases, timeZone, mayRefund }: OperatorPurchasesProps) {
  const t = useTexts('purchases')
  const cards = useTexts('payment-methods')
  const f = useFormats()
  return (
    <Card id="purchases" title="Purchases and invoice payments" isFlush>
      {purchases.length === 0 ? (
        <div className="px-4 pb-4 sm:px-5">
          <EmptyState title="No purchases">This account has bought nothing yet.</EmptyState>
        </div>
      ) : (
        <Table caption={`Purchases and invoice payments, newest first, dates in ${timeZone}`}>
          <thead>
            <tr>
              <Th>What</Th>
              <Th>State</Th>
              <Th isFigure>Paid</Th>
              <Th isFigure>Credit left</Th>
            </tr>
          </thead>
          <tbody>
            {purchases.map((purchase) => (
              <tr key={purchase.purchaseId}>
                <Td>
                  <span className="block">
                    {purchase.origin === 'invoice' ? (
                      <TextLink href={`/operator/accounts/${accountId}/invoices/${purchase.purchaseId}`}>
                        Invoice {purchase.invoiceNumber}
                      </TextLink>
                    ) : (
                      t(`origins.${purchase.origin}`)
                    )}
                  </span>
                  <span className="block text-xs text-muted">
                    <TimeText at={purchase.paidAt ?? purchase.createdAt} timeZone={timeZone} />
                  </span>
                  <span className="block text-xs text-muted">{paidWith(t, cards, purchase)}</span>
                  {purchase.receiptUrl && (
                    <TextLink href={purchase.receiptUrl} opensAway>
                      Receipt
                    </TextLink>
                  )}
                </Td>
                <Td>
                  <Badge tone={stateTones[purchase.state]}>{purchase.stateText}</Badge>
                  {mayRefund && hasPaid(purchase) && (
                    <span className="mt-1 block">
                      <RefundPurchase
                        accountId={accountId}
                        purchaseId={purchase.purchaseId}
                        name={f.money(purchase.total!)}
                        paidWith={paidWith(t, cards, purchase)}
                        timeZone={timeZone}
                        isOperator
                      />
                    </span>
                  )}
                </Td>
                <Td isFigure>
                  <MoneyText amount={purchase.total ?? purchase.amount} />
                </Td>
                <Td isFigure>{purchase.grant ? <MoneyText amount={purchase.grant.remaining} /> : '–'}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  )
}

const hasPaid = ({ state, total }: PurchaseDto): boolean =>
  state === 'paid' && total !== null && isPositive(parseMoney(total))
