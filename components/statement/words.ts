import type { Texts } from '#texts'
import type { StatementLine } from '@/lib/domain/statement'

/** What a movement was, for people. */
export function movementWords(
  t: Texts<'statement'>,
  { kind, cause, source, behind }: Pick<StatementLine, 'kind' | 'cause' | 'source' | 'behind'>,
): string {
  if (cause.startsWith('expired_hold:')) return t('kinds.lateUsage')
  if (kind === 'refund' && behind.invoiceId) return t('kinds.refundOfInvoice')
  const words = t(`kinds.${kind}`)
  return source ? t('expiredSource', { kind: words, source: t(`sources.${source}`) }) : words
}
