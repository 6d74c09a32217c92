import { withdrawLimitRequest } from '@/lib/domain/tiers'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session' }, withdrawLimitRequest)
