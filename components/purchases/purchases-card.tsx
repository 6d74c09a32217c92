import { cardName } from '@/lib/domain/payment-methods/rules'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'
import { FindMyPurchase } from './find-my-purchase'
import { originWords, stateTones } from './words'

type PurchasesCardProps = { accountId: string; purchases: PurchaseDto[]; timeZone: string; canWrite: boolean }

/** Every purchase with its state and what to do next. */
export function PurchasesCard({ accountId, purchases, timeZone, canWrite }: PurchasesCardProps) {
  return (
    <Card
      id="purchases"
      title="Purchases"
      description={purchases.length === 0 ? 'None yet. What you buy appears here, with its state.' : undefined}
      isFlush
    >
      {purchases.length > 0 && (
        <Table caption={`Purchases, dates in ${timeZone}`}>
          <thead>
            <tr>
              <Th>What</Th>
              <Th>State</Th>
              <Th isFigure>Amount</Th>
            </tr>
          </thead>
          <tbody>
            {purchases.map((purchase) => (
              <PurchaseRow key={purchase.purchaseId} purchase={purchase} timeZone={timeZone} />
            ))}
          </tbody>
        </Table>
      )}
      {canWrite && <FindMyPurchase accountId={accountId} />}
    </Card>
  )
}

function PurchaseRow({ purchase, timeZone }: { purchase: PurchaseDto; timeZone: string }) {
  return (
    <tr>
      <Td>
        <span className="block">{originWords[purchase.origin]}</span>
        <span className="block text-xs text-muted">
          <TimeText at={purchase.createdAt} timeZone={timeZone} />
          {purchase.card && <span className="max-sm:hidden">, {cardName(purchase.card)}</span>}
        </span>
      </Td>
      <Td>
        <Badge tone={stateTones[purchase.state]}>{purchase.stateText}</Badge>
        {purchase.nextStep && (
          <span className="mt-0.5 block">
            <TextLink href={purchase.nextStep.href}>{purchase.nextStep.label}</TextLink>
          </span>
        )}
      </Td>
      <Td isFigure>
        <MoneyText amount={purchase.amount} />
      </Td>
    </tr>
  )
}
