import type { PurchaseDto } from '@/lib/domain/purchases'
import type { Tone } from '../ui/badge'

/** What a purchase was, in the words of the receipts. */
export const originWords = (origin: string): string => (origin === 'auto_top_up' ? 'Auto top-up' : 'Credits bought')

/** "Visa •••• 4242" */
export const cardWords = (card: { brand: string; last4: string }): string =>
  `${card.brand.charAt(0).toUpperCase()}${card.brand.slice(1)} •••• ${card.last4}`

const words: Record<string, { word: string; tone: Tone }> = {
  open: { word: 'Not paid yet', tone: 'neutral' },
  processing: { word: 'Processing', tone: 'accent' },
  paid: { word: 'Paid', tone: 'good' },
  failed: { word: 'Not paid', tone: 'bad' },
  expired: { word: 'Expired', tone: 'neutral' },
  canceled: { word: 'Canceled', tone: 'neutral' },
  quarantined: { word: 'Under review', tone: 'warn' },
}

export const stateWord = (state: PurchaseDto['state']): { word: string; tone: Tone } =>
  words[state] ?? { word: state, tone: 'neutral' }
