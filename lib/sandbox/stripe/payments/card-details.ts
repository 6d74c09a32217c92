import { type ErrorBody, StripeError } from '../http/errors'

export interface CardDetails {
  number: string
  expMonth: number
  expYear: number
}

/**
 * Checks a typed card as the issuer's front door does: digits, expiry, security code. Returns it with the number's
 * spaces removed and a four-digit year; throws 402 `card_error` in Stripe's words.
 */
export function checkCardDetails(details: CardDetails, cvc: string | undefined, now: number): CardDetails {
  const number = details.number.replace(/[\s-]/g, '')
  if (!/^\d{12,19}$/.test(number) || !passesLuhn(number))
    throw wrong('incorrect_number', 'number', 'Your card number is incorrect.')
  const { expMonth } = details
  const expYear = details.expYear < 100 ? 2000 + details.expYear : details.expYear
  const today = new Date(now * 1000)
  const thisYear = today.getUTCFullYear()
  if (expMonth < 1 || expMonth > 12) {
    throw wrong('invalid_expiry_month', 'exp_month', "Your card's expiration month is invalid.")
  }
  if (expYear < thisYear || expYear > thisYear + 50) {
    throw wrong('invalid_expiry_year', 'exp_year', "Your card's expiration year is invalid.")
  }
  if (expYear === thisYear && expMonth < today.getUTCMonth() + 1) {
    throw wrong('invalid_expiry_month', 'exp_month', "Your card's expiration month is invalid.")
  }
  if (cvc !== undefined && !/^\d{3,4}$/.test(cvc)) {
    throw wrong('invalid_cvc', 'cvc', "Your card's security code is invalid.")
  }
  return { number, expMonth, expYear }
}

/** The check digit that card numbers end with. */
function passesLuhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}

function wrong(code: string, param: string, message: string): StripeError {
  const body: ErrorBody = { type: 'card_error', code, message, param }
  return new StripeError(402, body)
}
