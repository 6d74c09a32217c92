import { formatMoney } from '@/lib/core/money'
import { now } from '@/lib/edges/clock'
import { prisma } from '@/lib/edges/db'
import { priceBook } from './price-book'

export interface ModelPriceDto {
  model: string
  name: string
  currency: string
  /** Decimal strings: money for one million tokens. */
  inputPerMillion: string
  cachedInputPerMillion: string
  outputPerMillion: string
}

/** The price list in force now. Public: prices are no secret. */
export async function listPrices(): Promise<ModelPriceDto[]> {
  const [at, prices, models] = await Promise.all([
    now(),
    priceBook(),
    prisma().model.findMany({ orderBy: { model: 'asc' } }),
  ])
  return models.flatMap(({ model, name }) => {
    const rates = prices.findRates(model, at)
    if (!rates) return []
    return {
      model,
      name,
      currency: rates.input.amount.currency,
      inputPerMillion: formatMoney(rates.input.amount),
      cachedInputPerMillion: formatMoney(rates.cached_input.amount),
      outputPerMillion: formatMoney(rates.output.amount),
    }
  })
}
