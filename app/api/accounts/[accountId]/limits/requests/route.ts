import * as z from 'zod'
import { askOperatorForMore } from '@/lib/domain/tiers'
import { askedKinds } from '@/lib/domain/tiers/rules'
import { route } from '@/lib/http/route'

const askInput = z.object({
  kind: z.enum(askedKinds),
  model: z.string().max(100).optional(),
  reason: z.string().max(2000),
})

export const POST = route({ auth: 'session', input: askInput }, askOperatorForMore)
