import type { Texts } from '#texts'
import type { DisputeDto } from '@/lib/domain/disputes'
import type { Stance } from '@/lib/domain/disputes/rules'
import type { Tone } from '../ui/badge'

/** How a dispute is coloured beside its words: by what it does to the credit. */
export const stanceTones: Record<Stance, Tone> = { nothing: 'neutral', frozen: 'warn', taken: 'bad' }

/** Where a dispute stands. A status that did not exist when this was written is a dispute all the same. */
export const statusWords = (t: Texts<'disputes.statuses'>, { status }: Pick<DisputeDto, 'status'>): string =>
  t.has(status) ? t(status as 'won') : t('needs_response')
