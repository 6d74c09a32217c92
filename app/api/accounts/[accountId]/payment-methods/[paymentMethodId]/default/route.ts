import { setDefaultPaymentMethod } from '@/lib/domain/payment-methods'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session' }, setDefaultPaymentMethod)
