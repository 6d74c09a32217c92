import { listTopUpTimeline } from '@/lib/domain/auto-top-up'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, listTopUpTimeline)
