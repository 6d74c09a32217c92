import type { ReactNode } from 'react'
import { cardName } from '@/lib/domain/payment-methods/rules'
import type { PurchaseDto } from '@/lib/domain/purchases'
import { originWords } from '../purchases/words'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'

type ReceiptsProps = { receipts: PurchaseDto[]; timeZone: string }

/** Every receipt with its tax, its page at Stripe and what is left of the credit it became. */
export function ReceiptsList({ receipts, timeZone }: ReceiptsProps) {
  return (
    <>
      <div className="rounded-ui border border-hairline bg-surface py-1 max-md:hidden">
        <ReceiptsTable receipts={receipts} timeZone={timeZone} />
      </div>
      <ul className="flex flex-col gap-3 md:hidden">
        {receipts.map((receipt) => (
          <ReceiptCard key={receipt.purchaseId} receipt={receipt} timeZone={timeZone} />
        ))}
      </ul>
    </>
  )
}

function ReceiptsTable({ receipts, timeZone }: ReceiptsProps) {
  return (
    <Table caption={`Receipts, newest first, dates in ${timeZone}, amounts in US dollars`}>
      <thead>
        <tr>
          <Th>Date ({timeZone})</Th>
          <Th>What</Th>
          <Th>Card</Th>
          <Th isFigure>Amount</Th>
          <Th isFigure>Tax</Th>
          <Th isFigure>Total</Th>
          <Th isFigure>Credit left</Th>
          <Th>Receipt</Th>
        </tr>
      </thead>
      <tbody>
        {receipts.map((receipt) => (
          <tr key={receipt.purchaseId}>
            <Td>
              <TimeText at={receipt.paidAt ?? receipt.createdAt} timeZone={timeZone} />
            </Td>
            <Td className="whitespace-nowrap">{originWords[receipt.origin]}</Td>
            <Td className="whitespace-nowrap text-muted">{receipt.card ? cardName(receipt.card) : '–'}</Td>
            <Td isFigure>
              <MoneyText amount={receipt.amount} />
            </Td>
            <Td isFigure>
              <Figure amount={receipt.tax} />
            </Td>
            <Td isFigure>
              <Figure amount={receipt.total} />
            </Td>
            <Td isFigure>
              <Figure amount={receipt.grant?.remaining ?? null} />
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

function ReceiptCard({ receipt, timeZone }: { receipt: PurchaseDto; timeZone: string }) {
  return (
    <li className="rounded-ui border border-hairline bg-surface p-4">
      <div className="flex items-baseline justify-between gap-4">
        <p className="font-semibold">{originWords[receipt.origin]}</p>
        <p className="text-lg font-semibold">
          <Figure amount={receipt.total ?? receipt.amount} />
        </p>
      </div>
      <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
        <Row label="Date">
          <TimeText at={receipt.paidAt ?? receipt.createdAt} timeZone={timeZone} withClock />
        </Row>
        <Row label="Credit">
          <MoneyText amount={receipt.amount} />
        </Row>
        <Row label="Tax">
          <Figure amount={receipt.tax} />
        </Row>
        <Row label="Credit left">
          <Figure amount={receipt.grant?.remaining ?? null} />
        </Row>
        <Row label="Card">{receipt.card ? cardName(receipt.card) : '–'}</Row>
        <Row label="Receipt">
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
      <dd className="text-right">{children}</dd>
    </>
  )
}

const Figure = ({ amount }: { amount: string | null }) => (amount === null ? '–' : <MoneyText amount={amount} />)

function ReceiptLink({ receipt }: { receipt: PurchaseDto }) {
  if (!receipt.receiptUrl) return '–'
  return (
    <TextLink href={receipt.receiptUrl} opensAway>
      {receipt.receiptNumber ?? 'View at Stripe'}
    </TextLink>
  )
}
