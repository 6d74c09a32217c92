import type { ReactNode } from 'react'
import { useFormats, useTexts } from '#texts'
import { isPositive, parseMoney } from '@/lib/core/money'
import type { DisputeDto } from '@/lib/domain/disputes'
import type { ReceiptDto } from '@/lib/domain/receipts'
import { DisputeLines } from '../disputes/dispute-lines'
import { paidWith } from '../purchases/words'
import { RefundPurchase } from '../refunds/refund-purchase'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'

type ReceiptsProps = {
  accountId: string
  receipts: ReceiptDto[]
  disputes: DisputeDto[]
  timeZone: string
  canWrite: boolean
}

type ReceiptProps = Omit<ReceiptsProps, 'receipts'> & { receipt: ReceiptDto }

/** Every receipt with discount, tax, refunds, its papers at Stripe and what is left of the credit it became. */
export function ReceiptsList({ receipts, ...rest }: ReceiptsProps) {
  return (
    <>
      <div className="rounded-ui border border-hairline bg-surface py-1 max-md:hidden print:block">
        <ReceiptsTable receipts={receipts} {...rest} />
      </div>
      <ul className="flex flex-col gap-3 md:hidden print:hidden">
        {receipts.map((receipt) => (
          <ReceiptCard key={receipt.purchaseId} receipt={receipt} {...rest} />
        ))}
      </ul>
    </>
  )
}

function ReceiptsTable({ receipts, ...rest }: ReceiptsProps) {
  const { timeZone } = rest
  const t = useTexts('receipts')
  const purchases = useTexts('purchases')
  const cards = useTexts('payment-methods')
  return (
    <Table caption={t('caption', { zone: timeZone })}>
      <thead>
        <tr>
          <Th>{t('dateIn', { zone: timeZone })}</Th>
          <Th>{t('what')}</Th>
          <Th>{t('paidWith')}</Th>
          <Th isFigure>{t('credit')}</Th>
          <Th isFigure>{t('tax')}</Th>
          <Th isFigure>{t('total')}</Th>
          <Th isFigure>{t('left')}</Th>
          <Th>{t('receipt')}</Th>
        </tr>
      </thead>
      <tbody>
        {receipts.map((receipt) => (
          <tr
            key={receipt.purchaseId}
            id={`purchase-${receipt.purchaseId}`}
            className="scroll-mt-20 target:bg-accent-soft"
          >
            <Td>
              <TimeText at={receipt.paidAt ?? receipt.createdAt} timeZone={timeZone} />
            </Td>
            <Td className="whitespace-nowrap">{purchases(`origins.${receipt.origin}`)}</Td>
            <Td className="text-muted">{paidWith(purchases, cards, receipt) ?? '–'}</Td>
            <Td isFigure>
              <MoneyText amount={receipt.amount} />
              <Discount receipt={receipt} />
            </Td>
            <Td isFigure>
              <Figure amount={receipt.tax} />
            </Td>
            <Td isFigure>
              <Figure amount={receipt.total} />
              <TakenBack receipt={receipt} {...rest} />
            </Td>
            <Td isFigure>
              <Figure amount={receipt.creditLeft} />
            </Td>
            <Td>
              <ReceiptLink receipt={receipt} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function ReceiptCard(props: ReceiptProps) {
  const { receipt, timeZone } = props
  const t = useTexts('receipts')
  const purchases = useTexts('purchases')
  const cards = useTexts('payment-methods')
  return (
    <li className="rounded-ui border border-hairline bg-surface p-4">
      <div className="flex items-baseline justify-between gap-4">
        <p className="font-semibold">{purchases(`origins.${receipt.origin}`)}</p>
        <p className="text-lg font-semibold">
          <Figure amount={receipt.total ?? receipt.amount} />
        </p>
      </div>
      <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
        <Row label={t('date')}>
          <TimeText at={receipt.paidAt ?? receipt.createdAt} timeZone={timeZone} withClock />
        </Row>
        <Row label={t('credit')}>
          <MoneyText amount={receipt.amount} />
          <Discount receipt={receipt} />
        </Row>
        <Row label={t('tax')}>
          <Figure amount={receipt.tax} />
        </Row>
        <Row label={t('left')}>
          <Figure amount={receipt.creditLeft} />
        </Row>
        {hasTakenBack(props) && (
          <Row label={t('refund')}>
            <TakenBack {...props} />
          </Row>
        )}
        <Row label={t('paidWith')}>{paidWith(purchases, cards, receipt) ?? '–'}</Row>
        <Row label={t('receipt')}>
          <ReceiptLink receipt={receipt} />
        </Row>
      </dl>
    </li>
  )
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd className="text-end">{children}</dd>
    </>
  )
}

const Figure = ({ amount }: { amount: string | null }) => (amount === null ? '–' : <MoneyText amount={amount} />)

/** What a promotion code took off the price; the credit is the same. */
function Discount({ receipt: { gift, promotionCode } }: { receipt: ReceiptDto }) {
  const t = useTexts('receipts')
  if (!gift) return null
  const amount = () => <MoneyText amount={gift.amount} />
  return (
    <span className="block text-xs text-muted">
      {promotionCode ? t.rich('giftOf', { amount, code: promotionCode }) : t.rich('gift', { amount })}
    </span>
  )
}

/** Refunds and disputes of the purchase in words, and the way to a refund. */
function TakenBack({ accountId, receipt, disputes, timeZone, canWrite }: ReceiptProps) {
  const { purchaseId, total, refunds } = receipt
  const t = useTexts('receipts')
  const words = useTexts('refunds')
  const purchases = useTexts('purchases')
  const cards = useTexts('payment-methods')
  const f = useFormats()
  return (
    <>
      {refunds.map(({ refundId, amount, state }) => (
        <span key={refundId} className="block text-xs text-muted">
          {t.rich('refunded', { amount: () => <MoneyText amount={amount} />, state: words(`inline.${state}`) })}
        </span>
      ))}
      <DisputeLines disputes={disputesOf(receipt, disputes)} />
      {canWrite && isPaid(total) && (
        <span className="block print:hidden">
          <RefundPurchase
            accountId={accountId}
            purchaseId={purchaseId}
            name={f.money(total)}
            paidWith={paidWith(purchases, cards, receipt)}
            timeZone={timeZone}
          />
        </span>
      )}
    </>
  )
}

const disputesOf = ({ purchaseId }: ReceiptDto, disputes: DisputeDto[]) =>
  disputes.filter((dispute) => dispute.purchaseId === purchaseId)

const isPaid = (total: string | null): total is string => total !== null && isPositive(parseMoney(total))

const hasTakenBack = ({ receipt, disputes, canWrite }: ReceiptProps): boolean =>
  receipt.refunds.length > 0 || disputesOf(receipt, disputes).length > 0 || (canWrite && isPaid(receipt.total))

function ReceiptLink({ receipt }: { receipt: ReceiptDto }) {
  const { receiptUrl, receiptNumber, invoicePdfUrl, invoiceNumber } = receipt
  const t = useTexts('receipts')
  if (!receiptUrl && !invoicePdfUrl) return '–'
  return (
    <span className="inline-flex flex-col gap-1.5">
      {receiptUrl && (
        <span>
          <TextLink href={receiptUrl} opensAway>
            {receiptNumber ?? t('view')}
          </TextLink>
        </span>
      )}
      {invoicePdfUrl && (
        <span>
          <TextLink href={invoicePdfUrl} opensAway>
            {t.rich('invoice', {
              number: invoiceNumber ?? '',
              hidden: (words) => <span className="sr-only">{words}</span>,
            })}
          </TextLink>
        </span>
      )}
    </span>
  )
}
