/** Dated prices and the charge that follows from them. Pure. */
import { charge, type Money, money, type Rate } from '@/lib/core/money'

export const tokenClasses = ['input', 'cached_input', 'output'] as const
export type TokenClass = (typeof tokenClasses)[number]

export interface DatedPrice {
  model: string
  tokenClass: TokenClass
  effectiveFrom: Date
  rate: Rate
}

/** Tokens of one request. Cached input tokens are part of the input tokens. */
export interface Tokens {
  inputTokens: bigint
  cachedInputTokens: bigint
  outputTokens: bigint
}

export type ModelRates = Record<TokenClass, Rate>

/** The rates in force at an instant: of each class the latest that had begun. Null when the model had none yet. */
export function ratesAt(prices: DatedPrice[], at: Date): ModelRates | null {
  const rates: Partial<ModelRates> = {}
  const begun = prices
    .filter((price) => price.effectiveFrom <= at)
    .sort((a, b) => a.effectiveFrom.getTime() - b.effectiveFrom.getTime())
  for (const price of begun) rates[price.tokenClass] = price.rate
  return rates.input && rates.cached_input && rates.output ? (rates as ModelRates) : null
}

/** The exact charge for tokens at rates, rounded once, half up, to the nano. */
export function priceTokens(rates: ModelRates, tokens: Tokens): Money {
  return charge([
    { rate: rates.input, quantity: tokens.inputTokens - tokens.cachedInputTokens },
    { rate: rates.cached_input, quantity: tokens.cachedInputTokens },
    { rate: rates.output, quantity: tokens.outputTokens },
  ])
}

/** The most that a request can cost: nothing cached, the whole output allowance used, whichever input rate is higher. */
export function mostCost(rates: ModelRates, inputTokens: bigint, maxOutputTokens: bigint): Money {
  const asInput = priceTokens(rates, { inputTokens, cachedInputTokens: 0n, outputTokens: maxOutputTokens })
  const asCached = priceTokens(rates, { inputTokens, cachedInputTokens: inputTokens, outputTokens: maxOutputTokens })
  return asInput.nanos >= asCached.nanos ? asInput : asCached
}

/** A rate of nanos for a million tokens. */
export const perMillionTokens = (nanos: bigint, currency: string): Rate => ({
  amount: money(nanos, currency),
  per: 1_000_000n,
})
