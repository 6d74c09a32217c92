import { endSession } from '@/lib/domain/sessions'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session' }, endSession)
