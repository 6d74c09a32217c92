import { readDriftReport } from '@/lib/domain/reconciliation'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, readDriftReport)
