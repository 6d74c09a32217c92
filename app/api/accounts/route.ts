import * as z from 'zod'
import { openAnotherAccount } from '@/lib/domain/accounts'
import { listAccountsOf } from '@/lib/domain/members'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, listAccountsOf)
export const POST = route({ auth: 'session', input: z.object({ name: z.string().max(400) }) }, openAnotherAccount)
