import * as z from 'zod'
import { resetAutoTopUpBreaker } from '@/lib/domain/auto-top-up'
import { route } from '@/lib/http/route'

const input = z.object({ reason: z.string().max(500) })

export const POST = route({ auth: 'session', input }, resetAutoTopUpBreaker)
