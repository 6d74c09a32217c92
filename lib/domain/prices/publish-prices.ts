import * as z from 'zod'
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { parseMoney } from '@/lib/core/money'
import { inTransaction } from '@/lib/edges/db'
import { forgetPrices } from './price-book'
import { insertPrice, upsertModel } from './store'

const header = 'model,name,size_class,input_usd_per_million,cached_input_usd_per_million,output_usd_per_million'

const row = z.tuple([
  z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  z.string().min(1).max(100),
  z.enum(['small', 'medium', 'large']),
  z.string(),
  z.string(),
  z.string(),
])

/**
 * Publishes a price list (CSV as in data/prices.csv) in force from `effectiveFrom`. Publishing the same list again changes
 * nothing.
 * @throws Refusal `invalid_request` naming the line that cannot be read; nothing is published then.
 */
export async function publishPrices(
  actor: Actor,
  { csv, effectiveFrom }: { csv: string; effectiveFrom: Date },
): Promise<{ models: number }> {
  if (actor.kind !== 'system') throw new Refusal('not_allowed', { message: 'Prices are published by the operator.' })
  const [first, ...lines] = csv.trim().split(/\r?\n/)
  if (first !== header)
    throw new Refusal('invalid_request', { field: 'line 1', message: `Line 1 must read: ${header}` })
  const models = lines.map((line, index) => {
    const parsed = row.safeParse(line.split(','))
    if (!parsed.success) {
      throw new Refusal('invalid_request', {
        field: `line ${index + 2}`,
        message: `Line ${index + 2} is not a price: ${line}`,
      })
    }
    const [model, name, sizeClass, input, cachedInput, output] = parsed.data
    const rate = (text: string, column: string) => parseMoney(text, `line ${index + 2}, ${column}`).nanos
    return {
      model,
      name,
      sizeClass,
      rates: {
        input: rate(input, 'input_usd_per_million'),
        cached_input: rate(cachedInput, 'cached_input_usd_per_million'),
        output: rate(output, 'output_usd_per_million'),
      },
    }
  })
  await inTransaction(async (tx) => {
    for (const { rates, ...model } of models) {
      await upsertModel(tx, model)
      for (const tokenClass of ['input', 'cached_input', 'output'] as const) {
        await insertPrice(tx, {
          model: model.model,
          tokenClass,
          effectiveFrom,
          currency: 'usd',
          perMillion: rates[tokenClass],
        })
      }
    }
  })
  forgetPrices()
  return { models: models.length }
}
