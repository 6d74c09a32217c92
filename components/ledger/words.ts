import type { Texts } from '#texts'
import type { MovementDto } from '@/lib/domain/ledger'

/** What a movement was. An expiry says what kind of credit it was, when that is known. */
export function movementWords(
  t: Texts<'ledger'>,
  { kind, cause, source }: Pick<MovementDto, 'kind' | 'cause' | 'source'>,
): string {
  if (cause.startsWith('expired_hold:')) return t('unfinished')
  return kind === 'expiry' && source ? t(`expired.${source}`) : t(`kinds.${kind}`)
}
