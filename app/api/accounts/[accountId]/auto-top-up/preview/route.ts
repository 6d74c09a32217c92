import { previewAutoTopUp } from '@/lib/domain/forecast'
import { route } from '@/lib/http/route'
import { planInput } from '../plan'

export const POST = route({ auth: 'session', input: planInput }, previewAutoTopUp)
