import * as z from 'zod'
import { roles } from '@/lib/domain/members/rules'
import { changeRole } from '@/lib/domain/people'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session', input: z.object({ role: z.enum(roles) }) }, changeRole)
