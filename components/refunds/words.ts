import type { Texts } from '#texts'
import type { RefundDto } from '@/lib/domain/refunds'
import type { RefundOrigin, RefundState } from '@/lib/domain/refunds/rules'
import type { Tone } from '../ui/badge'

/** How the state of a refund is coloured beside its words. */
export const refundTones: Record<RefundState, Tone> = {
  requested: 'accent',
  pending: 'accent',
  succeeded: 'good',
  failed: 'bad',
  canceled: 'neutral',
}

/** Who asked for it, as operators read it. */
export const refundOriginWords: Record<RefundOrigin, string> = {
  customer: 'by the customer',
  operator: 'by the operator',
  stripe: 'in Stripe’s dashboard',
}

/** Why a refund failed. */
export function failureWords(t: Texts<'refunds.failures'>, { failureCode }: Pick<RefundDto, 'failureCode'>): string {
  if (!failureCode) return ''
  return t.has(failureCode) ? t(failureCode as 'declined') : t('other')
}
