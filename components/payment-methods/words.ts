import type { Texts } from '#texts'
import { brandName, readSaid } from '@/lib/domain/payment-methods/rules'

/** "Visa ending in 4242". */
export const cardWords = (t: Texts<'payment-methods'>, { brand, last4 }: { brand: string; last4: string }): string =>
  t('ending', { brand: brandName(brand) ?? t('card'), last4 })

/** What a bank or the payment provider said: in the reader's language where it is a sentence that is usual, else in their words. */
export function saidWords(t: Texts<'payment-methods.said'>, message: string): string {
  const { code, words } = readSaid(message)
  return code ? t(code) : t('other', { words })
}
