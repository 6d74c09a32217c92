import * as z from 'zod'
import { getStatement } from '@/lib/domain/statement'
import { route } from '@/lib/http/route'

const text = z.string().max(60).optional()

const input = z.object({
  asOf: text,
  from: text,
  to: text,
  kinds: z
    .string()
    .max(500)
    .transform((names) => names.split(',').filter((name) => name !== ''))
    .optional(),
  cursor: text,
  order: z.enum(['newest', 'oldest']).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
})

export const GET = route({ auth: 'session', input }, getStatement)
