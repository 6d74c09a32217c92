/** Saved cards: what people see of them. Pure; also runs in the browser. */

export interface PaymentMethodDto {
  paymentMethodId: string
  brand: string
  last4: string
  expMonth: number
  expYear: number
  isDefault: boolean
  addedAt: string
}

/** Whether the card can no longer be charged at an instant: it is good through the last day of its month. */
export const isExpired = (card: { expMonth: number; expYear: number }, at: Date): boolean =>
  at.getTime() >= Date.UTC(card.expYear, card.expMonth, 1)

const brandNames: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
}

/** What people call a brand; null for one that has no name here. */
export const brandName = (brand: string): string | null => brandNames[brand] ?? null

/** "Visa ending in 4242". */
export const cardName = (card: { brand: string; last4: string }): string =>
  `${brandNames[card.brand] ?? 'Card'} ending in ${card.last4}`
