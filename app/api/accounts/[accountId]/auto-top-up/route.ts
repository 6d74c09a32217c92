import { getAutoTopUp, saveAutoTopUp } from '@/lib/domain/auto-top-up'
import { route } from '@/lib/http/route'
import { planInput } from './plan'

export const GET = route({ auth: 'session' }, getAutoTopUp)
export const POST = route({ auth: 'session', input: planInput }, saveAutoTopUp)
