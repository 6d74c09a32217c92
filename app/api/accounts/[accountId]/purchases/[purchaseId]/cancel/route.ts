import { cancelPurchase } from '@/lib/domain/purchases'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session' }, cancelPurchase)
