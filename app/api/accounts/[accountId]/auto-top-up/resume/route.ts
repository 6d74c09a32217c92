import { resumeAutoTopUp } from '@/lib/domain/auto-top-up'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session' }, resumeAutoTopUp)
