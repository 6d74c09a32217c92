import { useTexts } from '#texts'
import type { StatementLine } from '@/lib/domain/statement'
import { TextLink } from '../ui/text-link'

/** Where the cause of a movement is told of: its receipt, its invoice, its grant, or the requests on the movement's own page. */
export function CauseLink({ seq, behind }: Pick<StatementLine, 'seq' | 'behind'>) {
  const t = useTexts('statement')
  if (behind.purchaseId)
    return <TextLink href={`/receipts#purchase-${behind.purchaseId}`}>{t('table.receipt')}</TextLink>
  if (behind.invoiceId) return <TextLink href={`/invoices/${behind.invoiceId}`}>{t('table.invoice')}</TextLink>
  if (behind.what === 'grant') return <TextLink href="/credits#grants">{t('table.grant')}</TextLink>
  if (behind.what === 'events') return <TextLink href={`/statement/${seq}#events`}>{t('table.requests')}</TextLink>
  return null
}
