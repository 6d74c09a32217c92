import { useFormats, useTexts } from '#texts'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { RefundPurchase } from '../refunds/refund-purchase'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'
import { CancelPurchase } from './cancel-purchase'
import { FindMyPurchase } from './find-my-purchase'
import { explanationWords, paidWith, stateTones, stepWords } from './words'

type PurchasesCardProps = { accountId: string; purchases: PurchaseDto[]; timeZone: string; canWrite: boolean }

/** Every purchase with its state and what to do next. */
export function PurchasesCard({ accountId, purchases, timeZone, canWrite }: PurchasesCardProps) {
  const t = useTexts('purchases.list')
  return (
    <Card id="purchases" title={t('title')} description={purchases.length === 0 ? t('none') : undefined} isFlush>
      {purchases.length > 0 && (
        <Table caption={t('caption', { zone: timeZone })}>
          <thead>
            <tr>
              <Th>{t('what')}</Th>
              <Th>{t('state')}</Th>
              <Th isFigure>{t('amount')}</Th>
            </tr>
          </thead>
          <tbody>
            {purchases.map((purchase) => (
              <PurchaseRow
                key={purchase.purchaseId}
                accountId={accountId}
                purchase={purchase}
                timeZone={timeZone}
                canWrite={canWrite}
              />
            ))}
          </tbody>
        </Table>
      )}
      {canWrite && <FindMyPurchase accountId={accountId} />}
    </Card>
  )
}

type PurchaseRowProps = { accountId: string; purchase: PurchaseDto; timeZone: string; canWrite: boolean }

function PurchaseRow({ accountId, purchase, timeZone, canWrite }: PurchaseRowProps) {
  const canCancel = canWrite && purchase.origin === 'checkout' && purchase.state === 'open'
  const canRefund = canWrite && purchase.state === 'paid' && purchase.total !== null && purchase.grant !== null
  const t = useTexts('purchases')
  const explanations = useTexts('purchases.explanations')
  const banks = useTexts('payment-methods.said')
  const steps = useTexts('purchases.steps')
  const cards = useTexts('payment-methods')
  const f = useFormats()
  const method = paidWith(t, cards, purchase)
  return (
    <tr>
      <Td>
        <span className="block">{t(`origins.${purchase.origin}`)}</span>
        <span className="block text-xs text-muted">
          <TimeText at={purchase.createdAt} timeZone={timeZone} />
          {method && <span className="max-sm:hidden">{t('list.with', { method })}</span>}
        </span>
      </Td>
      <Td>
        <Badge tone={stateTones[purchase.state]}>{t(`states.${purchase.state}`)}</Badge>
        {purchase.state !== 'paid' && (
          <span className="mt-1 block max-w-prose text-xs text-muted">
            {explanationWords(explanations, banks, purchase)}
          </span>
        )}
        {(purchase.nextStep || canCancel) && (
          <span className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-2">
            {purchase.nextStep && <TextLink href={purchase.nextStep.href}>{stepWords(steps, purchase)}</TextLink>}
            {canCancel && (
              <span className="max-sm:-ms-3.5">
                <CancelPurchase accountId={accountId} purchaseId={purchase.purchaseId} />
              </span>
            )}
          </span>
        )}
      </Td>
      <Td isFigure>
        <span className="block">
          <MoneyText amount={purchase.amount} />
        </span>
        {canRefund && (
          <RefundPurchase
            accountId={accountId}
            purchaseId={purchase.purchaseId}
            name={f.money(purchase.amount)}
            paidWith={method}
            timeZone={timeZone}
          />
        )}
      </Td>
    </tr>
  )
}
