import * as z from 'zod'
import { listMovements } from '@/lib/domain/ledger'
import { route } from '@/lib/http/route'

const limit = z.coerce.number().int().min(1).max(200).default(50)

export const GET = route({ auth: 'session', input: z.object({ limit }) }, listMovements)
