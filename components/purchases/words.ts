import type { Texts } from '#texts'
import type { PurchaseDto } from '@/lib/domain/purchases'
import type { PurchaseState } from '@/lib/domain/purchases/rules'
import { cardWords, saidWords } from '../payment-methods/words'
import type { Tone } from '../ui/badge'

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
export function paidWith(
  t: Texts<'purchases'>,
  cards: Texts<'payment-methods'>,
  { card, bankAccount }: Pick<PurchaseDto, 'card' | 'bankAccount'>,
): string | null {
  if (bankAccount) return t('bankAccount', bankAccount)
  return card && cardWords(cards, card)
}

/** What a state means for the person's money. */
export function explanationWords(
  t: Texts<'purchases.explanations'>,
  banks: Texts<'payment-methods.said'>,
  purchase: PurchaseDto,
): string {
  const { state, reason, checkoutUrl, isPageOver, bankAccount } = purchase
  const said = reason && saidWords(banks, reason)
  if (state === 'open') {
    if (said) return `${said} ${t('tryAgain')}`
    return t(checkoutUrl ? 'open' : isPageOver ? 'closed' : 'noPage')
  }
  if (state === 'processing') return t(bankAccount ? 'bank' : 'processing')
  return state === 'failed' && said ? `${said} ${t('failed')}` : t(state)
}

/** What the person can do about a purchase. */
export const stepWords = (t: Texts<'purchases.steps'>, { state }: PurchaseDto): string =>
  t(state === 'open' ? 'pay' : 'buy')
