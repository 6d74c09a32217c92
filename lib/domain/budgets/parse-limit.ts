import { Refusal } from '@/lib/core/errors'
import { isNegative, type Money, parseMoney } from '@/lib/core/money'

const mostThresholds = 5

/** A limit that a person typed. @throws Refusal `invalid_amount` naming the field */
export function parseLimit(text: string, hint: string): Money {
  let limit: Money
  try {
    limit = parseMoney(text, 'limit')
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Refusal('invalid_amount', { field: 'limit', message: 'The limit is too large. Use a smaller one.' })
  }
  if (isNegative(limit)) {
    throw new Refusal('invalid_amount', { field: 'limit', message: `The limit cannot be negative. ${hint}` })
  }
  return limit
}

/** Percentages at which to warn, in order, each once. @throws Refusal `invalid_request` naming the field */
export function parseThresholds(percents: number[]): number[] {
  const unique = [...new Set(percents)].sort((a, b) => a - b)
  if (
    unique.length > mostThresholds ||
    unique.some((percent) => !Number.isInteger(percent) || percent < 1 || percent > 99)
  ) {
    throw new Refusal('invalid_request', {
      field: 'warnAtPercent',
      message: `Warnings are whole percentages from 1 to 99, at most ${mostThresholds} of them.`,
    })
  }
  return unique
}
