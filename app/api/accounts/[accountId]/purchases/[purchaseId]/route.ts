import { settlePurchase } from '@/lib/domain/purchases'
import { route } from '@/lib/http/route'

/** Reading a purchase that is still open asks Stripe: the page after the payment polls this. */
export const GET = route({ auth: 'session' }, settlePurchase)
