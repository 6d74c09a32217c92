import { formatMoney, type Money, zero } from '@/lib/core/money'
import { type HoldDto, holdDto } from '../holds'
import type { Hold } from '../holds/rules'
import type { PriceBook } from '../prices'
import { priceTokens } from '../prices/rules'
import type { Desk } from './desk'

/** What a hold's reported usage costs, at the prices of when it was placed. */
export function reportedCost(prices: PriceBook, hold: Hold): Money {
  if (!hold.reported) return zero(hold.amount.currency)
  return priceTokens(prices.ratesOf(hold.reported.model, hold.createdAt), hold.reported)
}

/** A hold as it is now, and what its account has left. */
export const dtoAt = (desk: Desk, hold: Hold): { hold: HoldDto; available: string } => ({
  hold: holdDto(hold, () => reportedCost(desk.prices, hold)),
  available: formatMoney(desk.available),
})
