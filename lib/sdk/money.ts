/**
 * Exact money in memory: whole nano-dollars as safe integers (up to $9,007,199), bigint where a product is larger.
 * A charge is computed as the gate does: one quotient, rounded once, half up, to the nano-dollar.
 */
import { ownError } from './errors.js'
import type { Price } from './types.js'

const nanosPerUnit = 1_000_000_000
const perTokens = 1_000_000
const amountPattern = /^(\d{1,12})(?:\.(\d{1,9}))?$/

/**
 * "0.25" → 250,000,000.
 * @throws PurseError `invalid_request` for anything but a decimal string, or for more than $9,007,199
 */
export function parseNanos(text: string, field = 'amount'): number {
  const match = typeof text === 'string' ? amountPattern.exec(text) : null
  const nanos = match ? Number(match[1]) * nanosPerUnit + Number((match[2] ?? '').padEnd(9, '0')) : Number.NaN
  if (!Number.isSafeInteger(nanos)) {
    const most = 'at most nine digits after the point and at most 9007199'
    throw ownError('invalid_request', 400, `${field} must be a decimal string such as "0.25", with ${most}.`, { field })
  }
  return nanos
}

/** 250,000,000 → "0.25". */
export function formatNanos(nanos: number): string {
  const absolute = Math.abs(nanos)
  const fraction = String(absolute % nanosPerUnit)
    .padStart(9, '0')
    .replace(/0+$/, '')
    .padEnd(2, '0')
  return `${nanos < 0 ? '-' : ''}${Math.floor(absolute / nanosPerUnit)}.${fraction}`
}

/** Nano-dollars for one million tokens of each class. */
export interface Rates {
  input: number
  cachedInput: number
  output: number
}

export const ratesOf = (price: Price): Rates => ({
  input: parseNanos(price.inputPerMillion, 'input_per_million'),
  cachedInput: parseNanos(price.cachedInputPerMillion, 'cached_input_per_million'),
  output: parseNanos(price.outputPerMillion, 'output_per_million'),
})

/** What tokens cost at rates, in nano-dollars, rounded once, half up. Token counts must be checked whole numbers. */
export function chargeNanos(
  rates: Rates,
  inputTokens: number,
  cachedInputTokens: number,
  outputTokens: number,
): number {
  const freshInput = (inputTokens - cachedInputTokens) * rates.input
  const cachedInput = cachedInputTokens * rates.cachedInput
  const output = outputTokens * rates.output
  const numerator = freshInput + cachedInput + output
  if (numerator <= Number.MAX_SAFE_INTEGER) {
    const rest = numerator % perTokens
    return (numerator - rest) / perTokens + (rest * 2 >= perTokens ? 1 : 0)
  }
  const exact =
    BigInt(inputTokens - cachedInputTokens) * BigInt(rates.input) +
    BigInt(cachedInputTokens) * BigInt(rates.cachedInput) +
    BigInt(outputTokens) * BigInt(rates.output)
  return Number((exact * 2n + BigInt(perTokens)) / BigInt(perTokens * 2))
}

/** The most that a request can cost: the whole output allowance, and whichever input rate is higher. */
export const mostNanos = (rates: Rates, inputTokens: number, maxOutputTokens: number): number =>
  Math.max(
    chargeNanos(rates, inputTokens, 0, maxOutputTokens),
    chargeNanos(rates, inputTokens, inputTokens, maxOutputTokens),
  )

/** How many output tokens fit an amount beside the input tokens; never negative. */
export function outputTokensFor(rates: Rates, inputTokens: number, nanos: number): number {
  if (rates.output === 0) return nanos >= mostNanos(rates, inputTokens, 0) ? Number.MAX_SAFE_INTEGER : 0
  const left =
    BigInt(nanos) * BigInt(perTokens) - BigInt(inputTokens) * BigInt(Math.max(rates.input, rates.cachedInput))
  return left > 0n ? Number(left / BigInt(rates.output)) : 0
}

/** @throws PurseError `invalid_request` naming the field */
export function checkTokens(value: number, field: string): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw ownError('invalid_request', 400, `${field} must be a whole number, 0 or more.`, { field })
  }
}
