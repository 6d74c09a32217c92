import { revokeInvitation } from '@/lib/domain/people'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session' }, revokeInvitation)
