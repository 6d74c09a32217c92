import * as z from 'zod'
import { listTopUpActivity } from '@/lib/domain/auto-top-up'
import { route } from '@/lib/http/route'

const input = z.object({ before: z.string().max(40).optional() })

export const GET = route({ auth: 'session', input }, (actor, { before }: { before?: string | undefined }) =>
  listTopUpActivity(actor, { before }),
)
