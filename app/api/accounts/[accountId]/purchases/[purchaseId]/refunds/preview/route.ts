import * as z from 'zod'
import { previewRefund } from '@/lib/domain/refunds'
import { route } from '@/lib/http/route'

const previewInput = z.object({ amount: z.string().max(40).optional() })

export const POST = route({ auth: 'session', input: previewInput }, previewRefund)
