import * as z from 'zod'
import { rotateApiKey } from '@/lib/domain/api-keys'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session', input: z.object({ graceHours: z.number() }) }, rotateApiKey)
