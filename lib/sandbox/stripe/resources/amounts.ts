import { invalidParameter } from '../http/errors'

const smallestAmountCents = 50
const largestAmountCents = 99_999_999

/** Refuses amounts that Stripe does not charge in dollars. */
export function checkAmount(amount: number, param = 'amount'): void {
  if (amount < 1) {
    throw invalidParameter('This value must be greater than or equal to 1.', param, 'parameter_invalid_integer')
  }
  if (amount < smallestAmountCents) {
    throw invalidParameter('Amount must be at least $0.50 usd', param, 'amount_too_small')
  }
  if (amount > largestAmountCents) {
    throw invalidParameter('Amount must be no more than $999,999.99', param, 'amount_too_large')
  }
}

/** The sandbox account settles in dollars and takes nothing else. */
export function checkCurrency(currency: string, param = 'currency'): string {
  const lower = currency.toLowerCase()
  if (lower === 'usd') return lower
  throw invalidParameter(`Invalid currency: ${lower}. The Stripe sandbox supports these currencies: usd`, param)
}
