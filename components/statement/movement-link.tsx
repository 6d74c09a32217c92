import { useTexts } from '#texts'
import type { StatementLine } from '@/lib/domain/statement'
import { TextLink } from '../ui/text-link'

/** Where the cause of a movement is told of: its receipt or its grant. Usage leads to the movement's own page. */
export function CauseLink({ behind }: { behind: StatementLine['behind'] }) {
  const t = useTexts('statement')
  if (behind.purchaseId)
    return <TextLink href={`/receipts#purchase-${behind.purchaseId}`}>{t('table.receipt')}</TextLink>
  if (behind.what === 'grant') return <TextLink href="/credits#grants">{t('table.grant')}</TextLink>
  return null
}
