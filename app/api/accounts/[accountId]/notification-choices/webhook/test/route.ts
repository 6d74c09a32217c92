import { testWebhook } from '@/lib/domain/notifications'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session' }, testWebhook)
