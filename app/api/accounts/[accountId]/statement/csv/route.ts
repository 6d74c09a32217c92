import * as z from 'zod'
import { exportCsv } from '@/lib/domain/statement'
import { route } from '@/lib/http/route'

const input = z.object({
  from: z.string().max(60).optional(),
  to: z.string().max(60).optional(),
  kinds: z
    .string()
    .max(500)
    .transform((names) => names.split(',').filter((name) => name !== ''))
    .optional(),
})

export const GET = route({ auth: 'session', input }, exportCsv)
