import { listSessions } from '@/lib/domain/sessions'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, listSessions)
