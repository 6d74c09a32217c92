import * as z from 'zod'
import { listRefundsAsOperator, refundPurchase } from '@/lib/domain/refunds'
import { route } from '@/lib/http/route'

/** isBeyondUnused: credit that was used is taken back too; the balance may go below zero. It needs a reason. */
const refundInput = z.object({
  amount: z.string().max(40).optional(),
  isBeyondUnused: z.boolean().default(false),
  reason: z.string().max(400).optional(),
  key: z.string().max(40).optional(),
})

export const GET = route({ auth: 'session' }, listRefundsAsOperator)
export const POST = route({ auth: 'session', input: refundInput }, refundPurchase)
