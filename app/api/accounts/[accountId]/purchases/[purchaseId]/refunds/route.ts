import * as z from 'zod'
import { listRefunds, requestRefund } from '@/lib/domain/refunds'
import { route } from '@/lib/http/route'

/** amount: the money to return, tax included; all that is unused, without it. key: a UUID, so that a repeat is the same refund. */
const refundInput = z.object({ amount: z.string().max(40).optional(), key: z.string().max(40).optional() })

export const GET = route({ auth: 'session' }, listRefunds)
export const POST = route({ auth: 'session', input: refundInput }, requestRefund)
