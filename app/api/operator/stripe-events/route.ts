import * as z from 'zod'
import { listDeadEvents, retryStripeEvent } from '@/lib/domain/stripe-events'
import { route } from '@/lib/http/route'

const retryInput = z.object({ event: z.string().min(1).max(255) })

/** The events that were given up; POST tries one again. */
export const GET = route({ auth: 'session' }, listDeadEvents)
export const POST = route({ auth: 'session', input: retryInput }, retryStripeEvent)
