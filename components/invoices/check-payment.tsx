'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTexts } from '#texts'
import type { InvoiceDto } from '@/lib/domain/invoices'
import { accountUrl } from '../api'
import { Button } from '../ui/button'
import { usePost } from '../use-post'

/** Asks Stripe now whether an invoice was paid, for whoever comes back from its page. */
export function CheckPayment({ accountId, invoiceId }: { accountId: string; invoiceId: string }) {
  const t = useTexts('invoices.check')
  const router = useRouter()
  const queries = useQueryClient()
  const check = usePost<InvoiceDto>(accountUrl(accountId, `invoices/${invoiceId}/check`), () => {
    queries.invalidateQueries({ queryKey: ['standing'] })
    router.refresh()
  })
  const problem = check.problemBeside([])
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <Button isBusy={check.isPending} busyLabel={t('checking')} onClick={() => check.send({})}>
        {t('button')}
      </Button>
      <p role="status" className="text-muted empty:hidden">
        {check.answer && !check.isPending && t(check.answer.state === 'paid' ? 'settled' : 'notYet')}
      </p>
      {problem && (
        <p role="alert" className="text-bad-ink">
          {problem.message}
        </p>
      )}
    </div>
  )
}
