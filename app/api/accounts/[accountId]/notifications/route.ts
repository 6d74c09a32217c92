import { listInbox } from '@/lib/domain/notifications'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, listInbox)
