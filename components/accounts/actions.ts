import type { StandingDto } from '@/lib/domain/accounts'

type Action = NonNullable<StandingDto['state']['action']>

/** The one button that helps, and where it leads. */
export const nextSteps: Record<Action, { label: string; href: string }> = {
  buy_credits: { label: 'Buy credits', href: '/credits#buy' },
  add_payment_method: { label: 'Add a payment method', href: '/settings#payment-methods' },
  raise_cap: { label: 'Change the monthly cap', href: '/settings#monthly-cap' },
}
