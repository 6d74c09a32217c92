import type { BillingModeDto, OperatorContractDto } from '@/lib/domain/contracts'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'
import { ContractActions } from './contract-actions'
import { Fact } from './fact'

type ContractCardProps = {
  accountId: string
  accountName: string
  billing: BillingModeDto
  contracts: OperatorContractDto[]
  canWrite: boolean
}

const collectionWords: Record<OperatorContractDto['collection'], string> = {
  send_invoice: 'From the invoice that Stripe mails',
  charge_automatically: 'The default card is charged by itself',
}

const termsWords = (days: number): string =>
  days === 0 ? 'Due at once' : `Due ${days} ${days === 1 ? 'day' : 'days'} after the invoice`

/** How the account is billed: what it owes, the terms of its contract, and the forms that start, change and end one. */
export function ContractCard({ accountId, accountName, billing, contracts, canWrite }: ContractCardProps) {
  const { mode, currency, month, request, pausedForPaymentSince } = billing
  const open = contracts.find(({ endedAt }) => endedAt === null) ?? null
  const ended = contracts.filter(({ endedAt }) => endedAt !== null)
  const isWaiting = request?.state === 'open'
  return (
    <Card
      id="contract"
      title="Billing"
      description={
        mode === 'prepaid'
          ? isWaiting && (
              <>
                Prepaid. It asks for post-paid. <TextLink href="/operator/requests">Decide</TextLink>
              </>
            )
          : 'Credit first; what usage goes beyond it is invoiced when the billing month turns.'
      }
      action={
        canWrite && (
          <ContractActions
            accountId={accountId}
            accountName={accountName}
            contract={open}
            promised={billing.outstanding}
            currency={currency}
          />
        )
      }
    >
      <div className="flex flex-col gap-4">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={mode === 'prepaid' ? 'neutral' : 'accent'}>{mode === 'prepaid' ? 'Prepaid' : 'Post-paid'}</Badge>
          {pausedForPaymentSince && (
            <>
              <Badge tone="bad">Paused: an invoice is not paid</Badge>
              <span className="text-muted">
                since <TimeText at={pausedForPaymentSince} timeZone={month.timeZone} withClock />
              </span>
            </>
          )}
        </p>
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
          <Fact label="Outstanding">
            <MoneyText amount={billing.outstanding} currency={currency} />
          </Fact>
          <Fact label="On invoices">
            <MoneyText amount={billing.invoiced} currency={currency} />
          </Fact>
          {open && (
            <>
              <Fact label="Credit limit">
                <MoneyText amount={open.creditLimit} currency={currency} />
              </Fact>
              <Fact label="Left of it">
                <MoneyText amount={billing.leftOfCreditLimit ?? '0'} currency={currency} />
              </Fact>
              <Fact label="Payment terms">{termsWords(open.paymentTermsDays)}</Fact>
              <Fact label="How it is paid">{collectionWords[open.collection]}</Fact>
              <Fact label="Purchase order">{open.poNumber ?? 'None'}</Fact>
              <Fact label="In force since">
                <TimeText at={open.startedAt} timeZone={month.timeZone} />
              </Fact>
              {billing.nextInvoiceAt && (
                <Fact label="Next invoice">
                  <TimeText at={billing.nextInvoiceAt} timeZone={month.timeZone} withClock />
                </Fact>
              )}
              {open.note && <Fact label="Note">{open.note}</Fact>}
            </>
          )}
        </dl>
        {ended.length > 0 && (
          <details>
            <summary className="w-fit text-muted hover:text-ink">Earlier contracts</summary>
            <ul className="mt-2 flex flex-col gap-1 text-muted">
              {ended.map((contract) => (
                <li key={contract.contractId}>
                  <TimeText at={contract.startedAt} timeZone={month.timeZone} /> to{' '}
                  <TimeText at={contract.endedAt ?? contract.startedAt} timeZone={month.timeZone} />: credit limit{' '}
                  <MoneyText amount={contract.creditLimit} currency={contract.currency} />,{' '}
                  {termsWords(contract.paymentTermsDays).toLowerCase()}
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
    </Card>
  )
}
