import * as z from 'zod'
import { listDriftReports, startReconciliation } from '@/lib/domain/reconciliation'
import { route } from '@/lib/http/route'

const startInput = z.object({ since: z.string().max(40).optional() })

export const GET = route({ auth: 'session' }, listDriftReports)
export const POST = route({ auth: 'session', input: startInput }, startReconciliation)
