import * as z from 'zod'
import { decidePostPaidRequest } from '@/lib/domain/contracts'
import { route } from '@/lib/http/route'

const decisionInput = z.object({ decision: z.enum(['approve', 'decline']), note: z.string().max(2000).optional() })

export const POST = route({ auth: 'session', input: decisionInput }, decidePostPaidRequest)
