import { exportProof } from '@/lib/domain/statement'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, exportProof)
