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

/** Who asked for it, as customers and operators read it. */
export const refundOriginWords: Record<RefundOrigin, string> = {
  customer: 'by the customer',
  operator: 'by the operator',
  stripe: 'in Stripe’s dashboard',
}
