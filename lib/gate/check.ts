/** Input against its schema; what does not fit is a refusal that names the field. */
import type * as z from 'zod'
import { Refusal } from '@/lib/core/errors'
import { invalidInput } from '@/lib/http/invalid-input'

/** @throws Refusal `invalid_request` naming the first thing to correct. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  // Asked again with what was sent, which tells a missing field from a wrong one; only now, because it is slower.
  throw invalidInput(schema.safeParse(value, { reportInput: true }).error!)
}

/** @throws Refusal `invalid_request` for a parameter that stands twice or does not fit. */
export function checkedQuery<Schema extends z.ZodType>(schema: Schema, query: URLSearchParams): z.output<Schema> {
  const values = Object.create(null) as Record<string, string>
  for (const [name, value] of query) {
    if (name in values) {
      throw new Refusal('invalid_request', { field: name, message: `${name} stands twice in the query. Send it once.` })
    }
    values[name] = value
  }
  return checked(schema, values)
}
