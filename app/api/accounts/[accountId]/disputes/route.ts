import { listDisputes } from '@/lib/domain/disputes'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, listDisputes)
