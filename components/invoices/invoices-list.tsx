import { useFormats, useTexts } from '#texts'
import type { InvoiceDto } from '@/lib/domain/invoices'
import { Badge } from '../ui/badge'
import { MoneyText } from '../ui/money'
import { Table, Td, Th } from '../ui/table'
import { TextLink } from '../ui/text-link'
import { invoiceName, invoiceTones, invoiceWhen, isPayable } from './words'

type InvoicesListProps = { invoices: InvoiceDto[]; timeZone: string }

/** Every invoice with its month, where it stands, what is still to pay, and its papers at Stripe. */
export function InvoicesList({ invoices, timeZone }: InvoicesListProps) {
  return (
    <>
      <div className="rounded-ui border border-hairline bg-surface py-1 max-md:hidden print:block">
        <InvoicesTable invoices={invoices} timeZone={timeZone} />
      </div>
      <ul className="flex flex-col gap-3 md:hidden print:hidden">
        {invoices.map((invoice) => (
          <InvoiceCard key={invoice.invoiceId} invoice={invoice} />
        ))}
      </ul>
    </>
  )
}

function InvoicesTable({ invoices, timeZone }: InvoicesListProps) {
  const t = useTexts('invoices')
  return (
    <Table caption={t('caption', { zone: timeZone })}>
      <thead>
        <tr>
          <Th>{t('number')}</Th>
          <Th>{t('month')}</Th>
          <Th>{t('state')}</Th>
          <Th isFigure>{t('amount')}</Th>
          <Th isFigure>{t('rest')}</Th>
          <Th>{t('papers')}</Th>
        </tr>
      </thead>
      <tbody>
        {invoices.map((invoice) => (
          <tr key={invoice.invoiceId}>
            <Td>
              <InvoiceLink invoice={invoice} />
            </Td>
            <Td>
              <Month invoice={invoice} />
            </Td>
            <Td>
              <State invoice={invoice} />
            </Td>
            <Td isFigure>
              <MoneyText amount={invoice.amount} currency={invoice.currency} />
            </Td>
            <Td isFigure>
              <Rest invoice={invoice} />
            </Td>
            <Td>
              <Papers invoice={invoice} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function InvoiceCard({ invoice }: { invoice: InvoiceDto }) {
  const t = useTexts('invoices')
  return (
    <li className="rounded-ui border border-hairline bg-surface p-4">
      <div className="flex items-baseline justify-between gap-4">
        <InvoiceLink invoice={invoice} />
        <p className="text-lg font-semibold">
          <MoneyText amount={invoice.amount} currency={invoice.currency} />
        </p>
      </div>
      <p className="mt-1 text-muted">
        <Month invoice={invoice} />
      </p>
      <div className="mt-2">
        <State invoice={invoice} />
      </div>
      <dl className="mt-3 flex items-baseline justify-between gap-4 border-t border-hairline pt-3">
        <dt className="text-muted">{t('rest')}</dt>
        <dd>
          <Rest invoice={invoice} />
        </dd>
      </dl>
      <div className="mt-2">
        <Papers invoice={invoice} />
      </div>
    </li>
  )
}

type InvoiceProps = { invoice: InvoiceDto }

function InvoiceLink({ invoice }: InvoiceProps) {
  const t = useTexts('invoices')
  const f = useFormats()
  return (
    <TextLink href={`/invoices/${invoice.invoiceId}`}>
      <bdi>{invoiceName(t, f, invoice)}</bdi>
    </TextLink>
  )
}

function Month({ invoice: { kind, period } }: InvoiceProps) {
  const t = useTexts('invoices')
  const f = useFormats()
  const month = f.month(period)
  return kind === 'final' ? t('final', { month }) : month
}

function State({ invoice }: InvoiceProps) {
  const t = useTexts('invoices')
  const when = useTexts('invoices.when')
  const f = useFormats()
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Badge tone={invoiceTones[invoice.state]}>{t(`states.${invoice.state}`)}</Badge>
      <span className="text-muted">{invoiceWhen(when, f, invoice)}</span>
    </span>
  )
}

const Rest = ({ invoice: { rest, currency, state } }: InvoiceProps) =>
  state === 'paid' || state === 'void' ? '–' : <MoneyText amount={rest} currency={currency} />

function Papers({ invoice }: InvoiceProps) {
  const t = useTexts('invoices')
  const f = useFormats()
  const { hostedUrl, pdfUrl } = invoice
  if (!hostedUrl && !pdfUrl) return '–'
  const name = invoiceName(t, f, invoice)
  const words = (word: string) =>
    t.rich('hiddenName', { word, name, hidden: (said) => <span className="sr-only">{said}</span> })
  return (
    <span className="flex flex-wrap gap-x-4 gap-y-1.5">
      {hostedUrl && (
        <TextLink href={hostedUrl} opensAway>
          {words(t(isPayable(invoice) ? 'pay' : 'view'))}
        </TextLink>
      )}
      {pdfUrl && (
        <TextLink href={pdfUrl} opensAway>
          {words(t('pdf'))}
        </TextLink>
      )}
    </span>
  )
}
