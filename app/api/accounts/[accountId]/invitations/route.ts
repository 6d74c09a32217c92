import * as z from 'zod'
import { roles } from '@/lib/domain/members/rules'
import { inviteMember, listInvitations } from '@/lib/domain/people'
import { route } from '@/lib/http/route'

const invitationInput = z.object({ email: z.string().max(320), role: z.enum(roles) })

export const GET = route({ auth: 'session' }, listInvitations)
export const POST = route({ auth: 'session', input: invitationInput }, inviteMember)
