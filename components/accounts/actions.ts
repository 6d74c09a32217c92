import type { StandingDto } from '@/lib/domain/accounts'

type Action = NonNullable<StandingDto['state']['action']>

/** Where the one button that helps leads. */
export const nextSteps: Record<Action, string> = {
  buy_credits: '/credits#buy',
  add_payment_method: '/settings#payment-methods',
  raise_cap: '/settings#monthly-cap',
  pay_invoice: '/invoices',
}
