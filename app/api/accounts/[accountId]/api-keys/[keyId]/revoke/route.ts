import { revokeApiKey } from '@/lib/domain/api-keys'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session' }, revokeApiKey)
