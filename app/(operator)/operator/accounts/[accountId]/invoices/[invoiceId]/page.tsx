import { notFound } from 'next/navigation'
import { InvoiceLines } from '@/components/invoices/invoice-lines'
import { InvoiceTerms } from '@/components/invoices/invoice-terms'
import { invoiceTones } from '@/components/invoices/words'
import { invoiceStateWords, invoiceTitle } from '@/components/operator/invoice-words'
import { Badge } from '@/components/ui/badge'
import { ButtonLink } from '@/components/ui/button-link'
import { PageHeader } from '@/components/ui/page-header'
import { Refusal } from '@/lib/core/errors'
import { getInvoiceForOperator } from '@/lib/domain/invoices'
import { readOperator } from '../../../../page-data'

export const metadata = { title: 'Invoice · Operator' }

type InvoicePageProps = { params: Promise<{ accountId: string; invoiceId: string }> }

export default async function OperatorInvoicePage({ params }: InvoicePageProps) {
  const [{ accountId, invoiceId }, { actor }] = await Promise.all([params, readOperator()])
  const invoice = await getInvoiceForOperator(actor, { accountId, invoiceId }).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'not_found') notFound()
    throw error
  })
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader
        title={invoiceTitle(invoice)}
        description={
          <>
            <Badge tone={invoiceTones[invoice.state]}>{invoiceStateWords[invoice.state]}</Badge>{' '}
            {invoice.problemMessage}
          </>
        }
        action={
          <span className="flex flex-wrap gap-2">
            <ButtonLink href={`/operator/accounts/${accountId}#invoices`}>The account</ButtonLink>
            {invoice.hostedUrl && <ButtonLink href={invoice.hostedUrl}>Open at Stripe</ButtonLink>}
          </span>
        }
      />
      <InvoiceLines invoice={invoice} isOperator />
      <InvoiceTerms invoice={invoice} />
    </div>
  )
}
