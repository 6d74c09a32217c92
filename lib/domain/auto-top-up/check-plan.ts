/** What a customer may set. Pure. */
import { Refusal } from '@/lib/core/errors'
import {
  add,
  displayMoney,
  formatMoney,
  isLess,
  isMore,
  isNegative,
  type Money,
  most,
  parseMoney,
  wholeCents,
} from '@/lib/core/money'
import { parsePurchaseAmount, smallestPurchase } from '../purchases/rules'
import type { TopUpMode, TopUpPlan } from './rules'

/** A plan as it comes over the wire: amounts are decimal strings. */
export interface PlanInput {
  isOn: boolean
  minimum: string
  mode: TopUpMode
  amount: string
  target: string
  monthlyLimit: string | null
}

/**
 * Reads a plan. Only the way of buying that is chosen must be right; the other is kept as far as it makes sense.
 * @throws Refusal `invalid_amount`, `amount_too_small` or `amount_too_large` naming the field.
 */
export function checkPlan(input: PlanInput, largest: Money): TopUpPlan {
  const minimum = checkMinimum(input.minimum, largest)
  const isByAmount = input.mode === 'amount'
  const lowestTarget = add(minimum, smallestPurchase)
  return {
    isOn: input.isOn,
    minimum,
    mode: input.mode,
    amount: isByAmount ? parsePurchaseAmount(input.amount, largest, 'amount') : kept(input.amount, smallestPurchase),
    target: isByAmount ? kept(input.target, lowestTarget) : checkTarget(input.target, lowestTarget, largest),
    monthlyLimit: input.monthlyLimit === null ? null : checkMonthlyLimit(input.monthlyLimit),
  }
}

function checkMinimum(text: string, largest: Money): Money {
  const minimum = inWholeCents(text, 'minimum')
  if (isNegative(minimum)) {
    throw new Refusal('invalid_amount', { field: 'minimum', message: 'The minimum cannot be below zero.' })
  }
  if (isMore(minimum, largest)) {
    throw new Refusal('amount_too_large', {
      field: 'minimum',
      limit: formatMoney(largest),
      message: `The minimum can be at most ${displayMoney(largest)}, the largest purchase.`,
    })
  }
  return minimum
}

function checkTarget(text: string, lowest: Money, largest: Money): Money {
  const target = inWholeCents(text, 'target')
  if (isLess(target, lowest)) {
    throw new Refusal('amount_too_small', {
      field: 'target',
      limit: formatMoney(lowest),
      message: `The target must be at least ${displayMoney(lowest)}: the minimum and one smallest purchase of ${displayMoney(smallestPurchase)}.`,
    })
  }
  const highest = most(largest, lowest)
  if (isMore(target, highest)) {
    throw new Refusal('amount_too_large', {
      field: 'target',
      limit: formatMoney(highest),
      message: `The target can be at most ${displayMoney(highest)}.`,
    })
  }
  return target
}

function checkMonthlyLimit(text: string): Money {
  const limit = inWholeCents(text, 'monthlyLimit')
  if (isLess(limit, smallestPurchase)) {
    throw new Refusal('amount_too_small', {
      field: 'monthlyLimit',
      limit: formatMoney(smallestPurchase),
      message: `The monthly limit must be at least ${displayMoney(smallestPurchase)}, the smallest purchase. Leave it empty for no limit.`,
    })
  }
  return limit
}

function inWholeCents(text: string, field: string): Money {
  const amount = parseMoney(text.trim(), field)
  if (wholeCents(amount) === null) {
    throw new Refusal('invalid_amount', { field, message: 'Enter an amount in whole cents, such as 25.50.' })
  }
  return amount
}

/** The amount of the way that is not chosen: what was typed, or the least that is allowed. */
function kept(text: string, lowest: Money): Money {
  try {
    return most(inWholeCents(text, 'amount'), lowest)
  } catch (error) {
    if (error instanceof Refusal) return lowest
    throw error
  }
}
