import { getStanding } from '@/lib/domain/accounts'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, getStanding)
