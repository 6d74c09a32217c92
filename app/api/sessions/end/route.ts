import * as z from 'zod'
import { endSessions } from '@/lib/domain/sessions'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session', input: z.object({ keepThis: z.boolean() }) }, endSessions)
