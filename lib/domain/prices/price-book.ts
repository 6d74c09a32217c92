import { Refusal } from '@/lib/core/errors'
import { secondMs } from '@/lib/core/time'
import { type DatedPrice, type ModelRates, ratesAt } from './rules'
import { readPrices } from './store'

/** How long a process may work with the prices it read. A new price must be published at least that long before it begins. */
const freshMs = 30 * secondMs

/** The price list in memory: asked without waiting, so that a lock never waits for a read. */
export class PriceBook {
  private readonly latest = new Map<string, { from: number; to: number; rates: ModelRates }>()

  constructor(private readonly prices: Map<string, DatedPrice[]>) {}

  /**
   * The rates of a model at an instant.
   * @throws Refusal `unknown_model` when there is no such model or it had no price yet.
   */
  ratesOf(model: string, at: Date): ModelRates {
    const rates = this.findRates(model, at)
    if (rates) return rates
    throw new Refusal('unknown_model', {
      field: 'model',
      message: this.prices.has(model)
        ? `The model ${model} had no price on ${at.toISOString()}.`
        : `There is no model ${model}. GET /v1/prices lists the models.`,
    })
  }

  /** The same, or null. */
  findRates(model: string, at: Date): ModelRates | null {
    const instant = at.getTime()
    const known = this.latest.get(model)
    if (known && known.from <= instant && instant < known.to) return known.rates
    const prices = this.prices.get(model)
    const rates = prices && ratesAt(prices, at)
    if (!rates) return null
    const changes = prices.map((price) => price.effectiveFrom.getTime())
    const from = Math.max(...changes.filter((change) => change <= instant))
    const to = Math.min(...changes.filter((change) => change > instant), Number.POSITIVE_INFINITY)
    this.latest.set(model, { from, to, rates })
    return rates
  }
}

const nothingRead = () => ({
  book: new PriceBook(new Map()),
  readAtMs: Number.NEGATIVE_INFINITY,
  reading: null as Promise<void> | null,
})

let cached = nothingRead()

async function read(): Promise<void> {
  const prices = new Map<string, DatedPrice[]>()
  for (const price of await readPrices()) prices.set(price.model, [...(prices.get(price.model) ?? []), price])
  cached = { book: new PriceBook(prices), readAtMs: Date.now(), reading: null }
}

/** Reads the price list anew on the next use: for a process that has just published one. */
export function forgetPrices(): void {
  cached = nothingRead()
}

/** The prices of every model, read at most once in 30 s. */
export async function priceBook(): Promise<PriceBook> {
  if (Date.now() - cached.readAtMs > freshMs) {
    cached.reading ??= read().catch((error) => {
      cached.reading = null
      throw error
    })
    await cached.reading
  }
  return cached.book
}
