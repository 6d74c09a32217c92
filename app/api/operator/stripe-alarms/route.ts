import { readStripeAlarms } from '@/lib/domain/stripe-events'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, readStripeAlarms)
