import { getTexts, useFormats, useTexts } from '#texts'
import { InvoicesList } from '@/components/invoices/invoices-list'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { getBillingMode } from '@/lib/domain/contracts'
import { listInvoices } from '@/lib/domain/invoices'
import { readPage } from '../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('invoices'))('title') })

export default async function InvoicesPage() {
  const t = useTexts('invoices')
  const f = useFormats()
  const { actor, accountId, standing } = await readPage()
  const [billing, invoices] = await Promise.all([
    getBillingMode(actor, { accountId }),
    listInvoices(actor, { accountId }),
  ])
  const { nextInvoiceAt, month } = billing
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader
        title={t('title')}
        description={t(billing.mode === 'prepaid' ? 'prepaidDescription' : 'description')}
        action={<ButtonLink href="/settings#billing-mode">{t('askPostPaid')}</ButtonLink>}
      />
      {invoices.length > 0 ? (
        <InvoicesList invoices={invoices} timeZone={standing.timeZone} />
      ) : nextInvoiceAt ? (
        <EmptyState title={t('noneYet')}>
          {t('noneYetBody', { moment: f.moment(nextInvoiceAt, month.timeZone) })}
        </EmptyState>
      ) : (
        <EmptyState title={t('none')} action={<ButtonLink href="/receipts">{t('receipts')}</ButtonLink>}>
          {t('nonePrepaid')}
        </EmptyState>
      )}
    </div>
  )
}
