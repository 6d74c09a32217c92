import type { Texts } from '#texts'
import { brandName } from '@/lib/domain/payment-methods/rules'

/** "Visa ending in 4242". */
export const cardWords = (t: Texts<'payment-methods'>, { brand, last4 }: { brand: string; last4: string }): string =>
  t('ending', { brand: brandName(brand) ?? t('card'), last4 })
