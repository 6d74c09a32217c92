import { ReceiptsList } from '@/components/receipts/receipts-list'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { listDisputes } from '@/lib/domain/disputes'
import { listReceipts } from '@/lib/domain/receipts'
import { readPage } from '../page-data'

export const metadata = { title: 'Receipts' }

export default async function ReceiptsPage() {
  const { actor, accountId, standing, canWrite } = await readPage()
  const [receipts, disputes] = await Promise.all([
    listReceipts(actor, { accountId }),
    listDisputes(actor, { accountId }),
  ])
  return (
    <div className="flex flex-col gap-4 sm:gap-5">
      <PageHeader
        title="Receipts"
        description="Prepaid: you pay before you use; there is no month-end invoice. Stripe also e-mails each receipt."
      />
      {receipts.length === 0 ? (
        <EmptyState title="No receipts yet" action={<ButtonLink href="/credits#buy">Buy credits</ButtonLink>}>
          Each purchase adds a receipt with its page and invoice at Stripe, its tax, and what is left of the credit that
          it bought.
        </EmptyState>
      ) : (
        <ReceiptsList
          accountId={accountId}
          receipts={receipts}
          disputes={disputes}
          timeZone={standing.timeZone}
          canWrite={canWrite}
        />
      )}
    </div>
  )
}
