import { listPaymentMethods, startAddingPaymentMethod } from '@/lib/domain/payment-methods'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, listPaymentMethods)
export const POST = route({ auth: 'session' }, startAddingPaymentMethod)
