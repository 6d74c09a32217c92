import { billingProfileInput, getBillingProfile, saveBillingProfile } from '@/lib/domain/accounts'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, getBillingProfile)
export const POST = route({ auth: 'session', input: billingProfileInput }, saveBillingProfile)
