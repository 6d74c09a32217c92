import * as z from 'zod'
import { renameApiKey } from '@/lib/domain/api-keys'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session', input: z.object({ name: z.string().max(200) }) }, renameApiKey)
