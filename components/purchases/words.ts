import { cardName } from '@/lib/domain/payment-methods/rules'
import type { PurchaseDto } from '@/lib/domain/purchases'
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

/** The card or the bank account; null while nobody has paid, and where a promotion code paid for everything. */
export function paidWith({ card, bankAccount }: PurchaseDto): string | null {
  if (bankAccount) return `${bankAccount.name} account ending in ${bankAccount.last4}`
  return card && cardName(card)
}
