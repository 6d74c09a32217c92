import * as z from 'zod'
import { getNotificationChoices, saveNotificationChoices } from '@/lib/domain/notifications'
import { channels, topics } from '@/lib/domain/notifications/rules'
import { route } from '@/lib/http/route'

const choice = z.object({ topic: z.enum(topics), channel: z.enum(channels), isOn: z.boolean() }).strict()
const input = z.object({ choices: z.array(choice).max(topics.length * channels.length) })

export const GET = route({ auth: 'session' }, getNotificationChoices)
export const POST = route({ auth: 'session', input }, saveNotificationChoices)
