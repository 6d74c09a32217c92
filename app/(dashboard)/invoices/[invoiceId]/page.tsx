import { notFound } from 'next/navigation'
import { cache } from 'react'
import { ClientTexts, getTexts, useFormats, useTexts } from '#texts'
import { CheckPayment } from '@/components/invoices/check-payment'
import { InvoiceLines } from '@/components/invoices/invoice-lines'
import { InvoiceNotice } from '@/components/invoices/invoice-notice'
import { InvoiceTerms } from '@/components/invoices/invoice-terms'
import { InvoiceWhy } from '@/components/invoices/invoice-why'
import { invoiceTones, invoiceWhen, isPayable } from '@/components/invoices/words'
import { Badge } from '@/components/ui/badge'
import { ButtonLink } from '@/components/ui/button-link'
import { MoneyText } from '@/components/ui/money'
import { PageHeader } from '@/components/ui/page-header'
import { TextLink } from '@/components/ui/text-link'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { isPositive, parseMoney } from '@/lib/core/money'
import { getBillingMode } from '@/lib/domain/contracts'
import { getInvoice } from '@/lib/domain/invoices'
import { readPage } from '../../page-data'

type InvoicePageProps = { params: Promise<{ invoiceId: string }> }

const readInvoice = cache(async (invoiceId: string) => {
  const { actor, accountId } = await readPage()
  if (!isId(invoiceId)) notFound()
  return getInvoice(actor, { accountId, invoiceId }).catch((error: unknown) => {
    if (error instanceof Refusal && error.code === 'not_found') notFound()
    throw error
  })
})

export async function generateMetadata({ params }: InvoicePageProps) {
  const [t, { number }] = await Promise.all([
    getTexts('invoices.detail'),
    params.then(({ invoiceId }) => readInvoice(invoiceId)),
  ])
  return { title: number ? t('title', { number }) : t('untitled') }
}

export default async function InvoicePage({ params }: InvoicePageProps) {
  const t = useTexts('invoices.detail')
  const states = useTexts('invoices')
  const when = useTexts('invoices.when')
  const f = useFormats()
  const [{ invoiceId }, { actor, accountId }] = await Promise.all([params, readPage()])
  const [invoice, billing] = await Promise.all([readInvoice(invoiceId), getBillingMode(actor, { accountId })])
  const { number, kind, period, state, currency, hostedUrl, pdfUrl } = invoice
  const asks = isPayable(invoice)
  const isTaxed = isPositive(parseMoney(invoice.tax, 'tax', currency))
  const figure = asks
    ? { label: t(isTaxed ? 'restLine' : 'toPay'), amount: invoice.rest }
    : state === 'paid'
      ? { label: t('paid'), amount: invoice.paid ?? invoice.amount }
      : { label: t('asked'), amount: invoice.amount }
  return (
    <ClientTexts of={['invoices.check']}>
      <div className="flex flex-col gap-4 sm:gap-5">
        <p>
          <TextLink href="/invoices">{t('back')}</TextLink>
        </p>
        <PageHeader
          title={number ? t('title', { number }) : t('untitled')}
          description={kind === 'final' ? t('final') : t('monthly', { month: f.month(period) })}
        />
        <InvoiceNotice
          invoice={invoice}
          isPaused={billing.pausedForPaymentSince !== null}
          isPostPaid={billing.mode === 'postpaid'}
        />
        <section
          aria-label={figure.label}
          className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4 rounded-ui border border-hairline bg-surface p-4 sm:p-5"
        >
          <div>
            <h2 className="text-base font-semibold text-muted">{figure.label}</h2>
            <p className="mt-1 text-[2.75rem] leading-[1.15] font-semibold tracking-tight sm:text-[3.25rem]">
              <MoneyText amount={figure.amount} currency={currency} isFocusable />
            </p>
            <p className="mt-2 flex flex-wrap items-center gap-2">
              <Badge tone={invoiceTones[state]}>{states(`states.${state}`)}</Badge>
              <span className="text-muted">{invoiceWhen(when, f, invoice)}</span>
            </p>
          </div>
          <div className="flex flex-wrap items-center gap-2 max-sm:w-full">
            {hostedUrl && (
              <ButtonLink href={hostedUrl} look={asks ? 'primary' : 'secondary'}>
                {!asks ? t('open') : isTaxed ? t('payOnPage') : t('pay', { amount: f.money(invoice.rest, currency) })}
              </ButtonLink>
            )}
            {pdfUrl && <ButtonLink href={pdfUrl}>{t('download')}</ButtonLink>}
            {asks && <CheckPayment accountId={accountId} invoiceId={invoiceId} />}
          </div>
        </section>
        <InvoiceWhy invoice={invoice} />
        <InvoiceLines invoice={invoice} />
        <InvoiceTerms invoice={invoice} />
      </div>
    </ClientTexts>
  )
}
