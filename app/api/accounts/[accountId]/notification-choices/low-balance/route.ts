import * as z from 'zod'
import { setLowBalance } from '@/lib/domain/notifications'
import { route } from '@/lib/http/route'

export const POST = route(
  { auth: 'session', input: z.object({ threshold: z.string().max(40).nullable() }) },
  setLowBalance,
)
