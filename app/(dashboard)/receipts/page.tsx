import { ClientTexts, getTexts, useFormats, useTexts } from '#texts'
import { ReceiptsList } from '@/components/receipts/receipts-list'
import { PaperHeading } from '@/components/statement/paper-heading'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { TextLink } from '@/components/ui/text-link'
import { getBillingMode } from '@/lib/domain/contracts'
import { listDisputes } from '@/lib/domain/disputes'
import { listReceipts } from '@/lib/domain/receipts'
import { readPage } from '../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('receipts'))('title') })

export default async function ReceiptsPage() {
  const t = useTexts('receipts')
  const paper = useTexts('statement')
  const f = useFormats()
  const { actor, accountId, standing, canWrite } = await readPage()
  const [billing, receipts, disputes] = await Promise.all([
    getBillingMode(actor, { accountId }),
    listReceipts(actor, { accountId }),
    listDisputes(actor, { accountId }),
  ])
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PaperHeading title={paper('print.receiptsOf', { name: standing.accountName })}>
        <p>{paper('print.account', { accountId })}</p>
        <p>{paper('print.made', { at: f.instant(new Date().toISOString(), standing.timeZone) })}</p>
      </PaperHeading>
      <div className="print:hidden">
        <PageHeader
          title={t('title')}
          description={
            billing.mode === 'postpaid'
              ? t.rich('descriptionPostPaid', { link: (words) => <TextLink href="/invoices">{words}</TextLink> })
              : t('description')
          }
        />
      </div>
      {receipts.length === 0 ? (
        <EmptyState title={t('none')} action={<ButtonLink href="/credits#buy">{t('buy')}</ButtonLink>}>
          {t('noneBody')}
        </EmptyState>
      ) : (
        <ClientTexts of={['refunds']}>
          <ReceiptsList
            accountId={accountId}
            receipts={receipts}
            disputes={disputes}
            timeZone={standing.timeZone}
            canWrite={canWrite}
          />
        </ClientTexts>
      )}
    </div>
  )
}
