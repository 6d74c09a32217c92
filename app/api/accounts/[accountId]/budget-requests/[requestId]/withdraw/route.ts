import { withdrawRequest } from '@/lib/domain/budgets'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session' }, withdrawRequest)
