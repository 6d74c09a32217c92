import * as z from 'zod'
import { givePromotion } from '@/lib/domain/grants'
import { route } from '@/lib/http/route'

const promotionInput = z.object({
  amount: z.string().max(40),
  expiresOn: z.string().max(10).nullable(),
  reason: z.string().max(2000),
  idempotencyKey: z.string().max(200),
})

export const POST = route({ auth: 'session', input: promotionInput }, givePromotion)
