import * as z from 'zod'
import { getUsageDays } from '@/lib/domain/usage'
import { route } from '@/lib/http/route'

const days = z.coerce.number().int().min(1).max(366).default(30)

export const GET = route({ auth: 'session', input: z.object({ days }) }, getUsageDays)
