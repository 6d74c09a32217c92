import * as z from 'zod'
import { acceptInvitation } from '@/lib/domain/people'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session', input: z.object({ token: z.string().max(100) }) }, acceptInvitation)
