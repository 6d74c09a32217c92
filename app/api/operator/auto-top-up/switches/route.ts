import * as z from 'zod'
import { getAutoTopUpSwitches, setAutoTopUpSwitch } from '@/lib/domain/auto-top-up'
import { route } from '@/lib/http/route'

const input = z.object({ name: z.enum(['off', 'dry_run']), isOn: z.boolean(), reason: z.string().max(500) })

export const GET = route({ auth: 'session' }, getAutoTopUpSwitches)
export const POST = route({ auth: 'session', input }, setAutoTopUpSwitch)
