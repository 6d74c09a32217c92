import * as z from 'zod'
import { requestPostPaid } from '@/lib/domain/contracts'
import { route } from '@/lib/http/route'

const askInput = z.object({ expectedMonthly: z.string().max(40), note: z.string().max(2000) })

export const POST = route({ auth: 'session', input: askInput }, requestPostPaid)
