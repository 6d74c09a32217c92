import { getAccountLimits, setLimits } from '@/lib/domain/tiers'
import { route } from '@/lib/http/route'
import { limitsInput } from './input'

export const GET = route({ auth: 'session' }, getAccountLimits)
export const POST = route({ auth: 'session', input: limitsInput }, setLimits)
