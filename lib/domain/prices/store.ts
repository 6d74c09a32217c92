import { query, type Tx } from '@/lib/edges/db'
import { type DatedPrice, perMillionTokens, type TokenClass } from './rules'

interface PriceRow {
  model: string
  token_class: TokenClass
  effective_from: Date
  currency: string
  per_million: bigint
}

export async function readPrices(): Promise<DatedPrice[]> {
  const rows = await query<PriceRow>('select model, token_class, effective_from, currency, per_million from prices')
  return rows.map((row) => ({
    model: row.model,
    tokenClass: row.token_class,
    effectiveFrom: row.effective_from,
    rate: perMillionTokens(row.per_million, row.currency),
  }))
}

export async function upsertModel(tx: Tx, model: { model: string; name: string; sizeClass: string }): Promise<void> {
  await tx.query(
    `insert into models (model, name, size_class) values ($1, $2, $3)
     on conflict (model) do update set name = excluded.name, size_class = excluded.size_class`,
    [model.model, model.name, model.sizeClass],
  )
}

/** Adds a dated price. One that is there already stays: a price in force is never edited, only succeeded. */
export async function insertPrice(
  tx: Tx,
  price: { model: string; tokenClass: TokenClass; effectiveFrom: Date; currency: string; perMillion: bigint },
): Promise<void> {
  await tx.query(
    `insert into prices (model, token_class, effective_from, currency, per_million) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [price.model, price.tokenClass, price.effectiveFrom, price.currency, price.perMillion],
  )
}
