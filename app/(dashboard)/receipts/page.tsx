import { ClientTexts, getTexts, useTexts } from '#texts'
import { ReceiptsList } from '@/components/receipts/receipts-list'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { listDisputes } from '@/lib/domain/disputes'
import { listReceipts } from '@/lib/domain/receipts'
import { readPage } from '../page-data'

export const generateMetadata = async () => ({ title: (await getTexts('receipts'))('title') })

export default async function ReceiptsPage() {
  const t = useTexts('receipts')
  const { actor, accountId, standing, canWrite } = await readPage()
  const [receipts, disputes] = await Promise.all([
    listReceipts(actor, { accountId }),
    listDisputes(actor, { accountId }),
  ])
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader title={t('title')} description={t('description')} />
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
