import { useFormats } from '#texts'
import type { InvoiceDto } from '@/lib/domain/invoices'
import { hasGoneBack, invoiceTones } from '../invoices/words'
import { Badge } from '../ui/badge'
import { Card } from '../ui/card'
import { MoneyText } from '../ui/money'
import { TextLink } from '../ui/text-link'
import { TimeText } from '../ui/time'
import { invoiceStateWords, invoiceTitle } from './invoice-words'

const problemWords: Record<NonNullable<InvoiceDto['problem']>, string> = {
  payment_failed: 'The payment was declined.',
  action_required: 'The bank asks the customer to confirm.',
}

/** The month-end invoices of an account, with what is still to pay and their pages at Stripe. */
export function InvoicesCard({ accountId, invoices }: { accountId: string; invoices: InvoiceDto[] }) {
  const f = useFormats()
  return (
    <Card
      id="invoices"
      title="Invoices"
      description={
        invoices.length === 0
          ? 'None. A post-paid account gets one when its billing month turns, if something is outstanding.'
          : 'Voided and given up in Stripe’s dashboard; the books follow by themselves.'
      }
      isFlush
    >
      <ul>
        {invoices.map((invoice) => {
          const { invoiceId, kind, period, state, amount, rest, currency, timeZone, dueAt, createdAt } = invoice
          return (
            <li key={invoiceId} className="border-t border-hairline px-4 py-3 sm:px-5">
              <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
                <span className="flex flex-wrap items-center gap-2">
                  <Badge tone={invoiceTones[state]}>{invoiceStateWords[state]}</Badge>
                  <TextLink href={`/operator/accounts/${accountId}/invoices/${invoiceId}`}>
                    {invoiceTitle(invoice)}
                  </TextLink>
                </span>
                <MoneyText amount={amount} currency={currency} className="font-medium" />
              </div>
              <p className="mt-1">
                {kind === 'final' ? 'Final invoice' : f.month(period)}
                {rest !== amount && state !== 'paid' && state !== 'void' && (
                  <>
                    , still to pay <MoneyText amount={rest} currency={currency} />
                  </>
                )}
                {invoice.problem && `. ${problemWords[invoice.problem]} ${invoice.problemMessage ?? ''}`}
              </p>
              <p className="text-xs text-muted">
                Made <TimeText at={createdAt} timeZone={timeZone} withClock />
                {dueAt && (
                  <>
                    , due <TimeText at={dueAt} timeZone={timeZone} />
                  </>
                )}
                {invoice.paidAt && (
                  <>
                    , paid <TimeText at={invoice.paidAt} timeZone={timeZone} />
                    {hasGoneBack(invoice) && (
                      <>
                        , of which <MoneyText amount={invoice.takenBack} currency={currency} /> went back
                      </>
                    )}
                  </>
                )}
              </p>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
