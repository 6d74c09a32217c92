/** What a plan would have done with past usage. Pure. */
import { add, isLess, isPositive, least, type Money, money, nanosPerCent, subtract, zero } from '@/lib/core/money'
import { guards, isLow, type TopUpPlan, wantedAmount } from './rules'

/**
 * Burns each day's usage evenly and buys whenever credit reaches the minimum, within the plan's monthly limit and the guard
 * on charges a day. Credit starts at the minimum. Usage that no credit covers is left out, as it would have been refused.
 */
export function replayUsage(
  plan: TopUpPlan,
  days: { day: string; used: Money }[],
  bounds: { smallestPurchase: Money; largestPurchase: Money },
): { purchases: { day: string; amount: Money }[]; wouldHavePaused: boolean } {
  const purchases: { day: string; amount: Money }[] = []
  let available = plan.minimum
  let wouldHavePaused = false
  for (const { day, used } of days) {
    let left = used
    while (isPositive(left)) {
      if (isLow(plan, available)) {
        const amount = nextPurchase(plan, available, purchases, day, bounds)
        if (amount) {
          purchases.push({ day, amount })
          available = add(available, amount)
          continue
        }
      }
      // Down to the minimum, where the next purchase is due; below it when none can be made.
      const above = subtract(available, plan.minimum)
      const burnt = least(left, isPositive(above) ? above : available)
      if (!isPositive(burnt)) {
        wouldHavePaused = true
        break
      }
      available = subtract(available, burnt)
      left = subtract(left, burnt)
    }
  }
  return { purchases, wouldHavePaused }
}

function nextPurchase(
  plan: TopUpPlan,
  available: Money,
  before: { day: string; amount: Money }[],
  day: string,
  bounds: { smallestPurchase: Money; largestPurchase: Money },
): Money | null {
  if (before.filter((purchase) => purchase.day === day).length >= guards.successesADay) return null
  if (before.length >= guards.successesAMonth) return null
  const wanted = wantedAmount(plan, available, bounds)
  if (!plan.monthlyLimit) return wanted
  const month = day.slice(0, 7)
  const bought = before
    .filter((purchase) => purchase.day.startsWith(month))
    .reduce((total, { amount }) => add(total, amount), zero(wanted.currency))
  const left = subtract(plan.monthlyLimit, bought)
  if (isLess(left, bounds.smallestPurchase)) return null
  return least(wanted, money(left.nanos - (left.nanos % nanosPerCent), left.currency))
}
