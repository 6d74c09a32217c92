import { playFault, playInput, readFaultLab } from '@/lib/domain/fault-lab'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, readFaultLab)
export const POST = route({ auth: 'session', input: playInput }, playFault)
