import { withdrawPostPaidRequest } from '@/lib/domain/contracts'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session' }, withdrawPostPaidRequest)
