import * as z from 'zod'
import { exportAudit } from '@/lib/domain/audit'
import { route } from '@/lib/http/route'

const text = z.string().max(100).optional()
const input = z.object({ actor: text, action: text, from: text, to: text })

export const GET = route({ auth: 'session', input }, exportAudit)
