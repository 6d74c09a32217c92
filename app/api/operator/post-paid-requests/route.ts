import { listOpenPostPaidRequests } from '@/lib/domain/contracts'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, listOpenPostPaidRequests)
