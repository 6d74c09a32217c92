import * as z from 'zod'
import { previewCap } from '@/lib/domain/forecast'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session', input: z.object({ limit: z.string().max(40) }) }, previewCap)
