import * as z from 'zod'
import { setMonthlyCap } from '@/lib/domain/budgets'
import { route } from '@/lib/http/route'

const capInput = z.object({ limit: z.string().max(40).nullable(), warnAtPercent: z.array(z.number()).max(20) })

export const POST = route({ auth: 'session', input: capInput }, setMonthlyCap)
