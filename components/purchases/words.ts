import type { PurchaseOrigin, PurchaseState } from '@/lib/domain/purchases/rules'
import type { Tone } from '../ui/badge'

/** What a purchase was, in the words of the receipts. */
export const originWords: Record<PurchaseOrigin, string> = { checkout: 'Credits bought', auto_top_up: 'Auto top-up' }

/** How a state is coloured beside its words. */
export const stateTones: Record<PurchaseState, Tone> = {
  open: 'neutral',
  processing: 'accent',
  paid: 'good',
  failed: 'bad',
  expired: 'neutral',
  canceled: 'neutral',
  quarantined: 'warn',
}
