import type Stripe from 'stripe'

/** `5000` cents as `$50.00`. The formatter reads the decimal text, so no fraction is ever computed. */
export function formatAmount(cents: number, currency: string): string {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  const amount = `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}` as `${number}`
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: currency.toUpperCase() }).format(amount)
}

/** A moment in sandbox seconds as `November 21, 2026 at 7:30 AM UTC`. */
export function formatTime(seconds: number): string {
  const text = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  return `${text.format(new Date(seconds * 1000))} UTC`
}

/** A day in sandbox seconds as `November 21, 2026`. */
export function formatDay(seconds: number): string {
  return new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(seconds * 1000))
}

const brands: Record<string, string> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
}

/** `Visa ending in 4242`. */
export function describeCard(card: { brand: string | null; last4: string | null }): string {
  return `${brands[card.brand ?? ''] ?? 'Card'} ending in ${card.last4}`
}

/** What was paid with: `Visa ending in 4242` or `Bank account ending in 6789`. */
export function describeMethod(details: Stripe.Charge.PaymentMethodDetails | null): string {
  if (details?.card) return describeCard(details.card)
  return details?.us_bank_account ? `Bank account ending in ${details.us_bank_account.last4}` : 'Payment method'
}

/** `4242 4242 4242 4242`, or 4-6-5 digits for American Express. */
export function groupDigits(number: string): string {
  const groups = number.length === 15 ? /^(\d{4})(\d{6})(\d{5})$/ : /(\d{4})(?=\d)/g
  return number.length === 15 ? number.replace(groups, '$1 $2 $3') : number.replace(groups, '$1 ')
}

/** Who asks for the money, as the page calls them. */
export function merchantName(session: Stripe.Checkout.Session | undefined): string {
  return session?.branding_settings?.display_name || 'Sandbox merchant'
}
