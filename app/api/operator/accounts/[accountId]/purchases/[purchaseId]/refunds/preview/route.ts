import * as z from 'zod'
import { previewRefundAsOperator } from '@/lib/domain/refunds'
import { route } from '@/lib/http/route'

const previewInput = z.object({ amount: z.string().max(40).optional(), isBeyondUnused: z.boolean().default(false) })

export const POST = route({ auth: 'session', input: previewInput }, previewRefundAsOperator)
