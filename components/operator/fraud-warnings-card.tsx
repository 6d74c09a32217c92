import { useFormats, useTexts } from '#texts'
import type { FraudWarningDto } from '@/lib/domain/fraud-warnings'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { paidWith } from '../purchases/words'
import { RefundPurchase } from '../refunds/refund-purchase'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { TimeText } from '../ui/time'

type FraudWarningsCardProps = {
  accountId: string
  warnings: FraudWarningDto[]
  purchases: PurchaseDto[]
  timeZone: string
  mayRefund: boolean
}

/** Payments that their card's issuer reported as fraud, each with its refund. Nothing when there are none. */
export function FraudWarningsCard({ accountId, warnings, purchases, timeZone, mayRefund }: FraudWarningsCardProps) {
  const t = useTexts('purchases')
  const cards = useTexts('payment-methods')
  const f = useFormats()
  if (warnings.length === 0) return null
  const isOpen = warnings.some(({ isActionable }) => isActionable)
  return (
    <Card
      id="fraud-warnings"
      title="Fraud warnings"
      description={
        isOpen
          ? 'Reported by the card’s issuer, and not disputed yet. A full refund usually keeps the dispute and its fee away, and takes the credit back. The customer is not told of the report.'
          : 'Reported by the card’s issuer. Nothing is left to do.'
      }
      isFlush
    >
      <ul>
        {warnings.map(({ purchaseId, fraudType, isActionable, warnedAt, amount, paidAt }) => {
          const purchase = purchases.find((each) => each.purchaseId === purchaseId)
          return (
            <li key={`${purchaseId} ${warnedAt}`} className="border-t border-hairline px-4 py-3 sm:px-5">
              <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
                <Badge tone={isActionable ? 'warn' : 'neutral'}>
                  {isActionable ? 'Not disputed yet' : 'Refunded or disputed'}
                </Badge>
                <MoneyText amount={amount} className="font-medium" />
              </div>
              <p className="mt-1 text-xs text-muted">
                {fraudType}, reported <TimeText at={warnedAt} timeZone={timeZone} withClock />
                {paidAt && (
                  <>
                    , paid <TimeText at={paidAt} timeZone={timeZone} withClock />
                  </>
                )}
              </p>
              {mayRefund && isActionable && purchase && (
                <p className="mt-1">
                  <RefundPurchase
                    accountId={accountId}
                    purchaseId={purchaseId}
                    name={f.money(amount)}
                    paidWith={paidWith(t, cards, purchase)}
                    timeZone={timeZone}
                    isOperator
                  />
                </p>
              )}
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
