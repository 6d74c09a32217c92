import { listContracts, startContract } from '@/lib/domain/contracts'
import { route } from '@/lib/http/route'
import { termsInput } from './terms'

export const GET = route({ auth: 'session' }, listContracts)
export const POST = route({ auth: 'session', input: termsInput }, startContract)
