import * as z from 'zod'
import { saveWebhook } from '@/lib/domain/notifications'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session', input: z.object({ url: z.string().max(2000).nullable() }) }, saveWebhook)
