import * as z from 'zod'
import { askForMore } from '@/lib/domain/budgets'
import { route } from '@/lib/http/route'

const askInput = z.object({ limit: z.string().max(40), reason: z.string().max(2000) })

export const POST = route({ auth: 'session', input: askInput }, askForMore)
