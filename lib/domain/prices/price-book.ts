import { Refusal } from '@/lib/core/errors'
import { secondMs } from '@/lib/core/time'
import { type DatedPrice, type ModelRates, ratesAt } from './rules'
import { readPrices } from './store'

/** How long a process may work with the prices it read. A new price must be published at least that long before it begins. */
const freshMs = 30 * secondMs

let cached: { prices: Map<string, DatedPrice[]>; readAtMs: number; reading: Promise<void> | null } = {
  prices: new Map(),
  readAtMs: Number.NEGATIVE_INFINITY,
  reading: null,
}

async function read(): Promise<void> {
  const prices = new Map<string, DatedPrice[]>()
  for (const price of await readPrices()) prices.set(price.model, [...(prices.get(price.model) ?? []), price])
  cached = { prices, readAtMs: Date.now(), reading: null }
}

/** Reads the price list anew on the next use: for a process that has just published one. */
export function forgetPrices(): void {
  cached = { prices: new Map(), readAtMs: Number.NEGATIVE_INFINITY, reading: null }
}

/** The prices of every model, read at most once in 30 s. A caller finds them in memory, so that a lock never waits for a read. */
export async function allPrices(): Promise<Map<string, DatedPrice[]>> {
  if (Date.now() - cached.readAtMs > freshMs) {
    cached.reading ??= read().catch((error) => {
      cached.reading = null
      throw error
    })
    await cached.reading
  }
  return cached.prices
}

/**
 * The rates of a model at an instant.
 * @throws Refusal `unknown_model` when there is no such model or it had no price yet.
 */
export async function ratesOf(model: string, at: Date): Promise<ModelRates> {
  const prices = (await allPrices()).get(model)
  const rates = prices && ratesAt(prices, at)
  if (!rates) {
    throw new Refusal('unknown_model', {
      field: 'model',
      message: prices
        ? `The model ${model} had no price on ${at.toISOString()}.`
        : `There is no model ${model}. GET /v1/prices lists the models.`,
    })
  }
  return rates
}
