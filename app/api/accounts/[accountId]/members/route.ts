import { listMembers } from '@/lib/domain/people'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, listMembers)
