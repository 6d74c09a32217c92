import * as z from 'zod'
import { markInboxRead } from '@/lib/domain/notifications'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session', input: z.object({ until: z.iso.datetime() }) }, markInboxRead)
