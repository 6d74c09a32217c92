import { changeContract } from '@/lib/domain/contracts'
import { route } from '@/lib/http/route'
import { termsInput } from '../terms'

export const POST = route({ auth: 'session', input: termsInput }, changeContract)
