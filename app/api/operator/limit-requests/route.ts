import { getLimitQueue } from '@/lib/domain/tiers'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, getLimitQueue)
