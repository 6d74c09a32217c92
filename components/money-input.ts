import { Refusal } from '@/lib/core/errors'
import { type Money, parseMoney } from '@/lib/core/money'

/** What a person typed as an amount, or the sentence that says what is wrong with it. Accepts "$1,000.50" and "25". */
export function readAmount(text: string): { amount: Money; error: null } | { amount: null; error: string } {
  const plain = text.trim().replace(/^\$/, '').replaceAll(',', '')
  if (!plain) return { amount: null, error: 'Enter an amount.' }
  try {
    return { amount: parseMoney(plain), error: null }
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof RangeError)) throw error
    return { amount: null, error: 'Enter an amount in dollars and cents, such as 25.00.' }
  }
}
