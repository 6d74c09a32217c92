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

/**
 * What is said of a payment that did not go through, by the sentence that Stripe (or the engine of ours) writes in English. Sentences
 * are all that Stripe keeps with some payments, and customers hear the usual ones in their own language.
 */
const sentences = {
  'Your card was declined': 'declined',
  'The card was declined': 'declined',
  'Your card has insufficient funds': 'insufficient_funds',
  'Your card has expired': 'expired_card',
  'The card has expired': 'expired_card',
  "Your card's security code is incorrect": 'incorrect_cvc',
  "Your card's security code is invalid": 'incorrect_cvc',
  'Your card number is incorrect': 'incorrect_number',
  "Your card's expiration month is invalid": 'invalid_expiry',
  "Your card's expiration year is invalid": 'invalid_expiry',
  'Your card does not support this type of purchase': 'not_supported',
  'An error occurred while processing your card. Try again in a little bit': 'processing_error',
  'Your card was declined for making repeated attempts too frequently or exceeding its amount limit':
    'card_velocity_exceeded',
  'Your card was declined. This transaction requires authentication': 'authentication_required',
  'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this intent again':
    'authentication_failed',
  'We are unable to authenticate your payment method. Please choose a different payment method and try again':
    'authentication_failed',
  'Your card was declined. Your request was in test mode, but used a non test card': 'test_mode_live_card',
  "The customer's account has insufficient funds to cover this payment": 'no_account_funds',
  "The customer's bank account could not be located": 'no_account',
  "The customer's bank account has been closed": 'account_closed',
  'The customer has notified their bank that this payment was unauthorized or the bank account does not take debits':
    'debit_not_authorized',
  'The payment could not be collected from the bank account': 'debit_not_collected',
  'The payment did not go through': 'not_through',
  'The saved card can no longer be charged': 'card_gone',
  'The payment could not be made': 'not_made',
  'Stripe never made this charge. You have not been charged': 'never_made',
  'The payment differs from the order and is under review. No credit was added for it yet': 'differs',
  'Not needed any more. You have not been charged': 'not_needed',
  'The payment was not confirmed in time. You have not been charged': 'not_confirmed',
} as const

export type SaidCode = (typeof sentences)[keyof typeof sentences]

/** A sentence of a bank or the payment provider without its full stop, and its code when it is one of the usual ones. */
export function readSaid(words: string): { code: SaidCode | null; words: string } {
  const sentence = words.replace(/[.\s]*$/, '')
  return {
    code: Object.hasOwn(sentences, sentence) ? sentences[sentence as keyof typeof sentences] : null,
    words: sentence,
  }
}
