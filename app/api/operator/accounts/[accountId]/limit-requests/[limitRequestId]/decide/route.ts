import * as z from 'zod'
import { decideLimitRequest } from '@/lib/domain/tiers'
import { route } from '@/lib/http/route'
import { limitsInput } from '../../../limits/input'

const decisionInput = z.object({
  decision: z.enum(['grant', 'decline']),
  note: z.string().max(2000).optional(),
  limits: limitsInput.optional(),
})

export const POST = route({ auth: 'session', input: decisionInput }, decideLimitRequest)
