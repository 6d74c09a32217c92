import * as z from 'zod'
import { buyCredits, listPurchases } from '@/lib/domain/purchases'
import { route } from '@/lib/http/route'

const buyCreditsInput = z.object({ amount: z.string().max(40), saveCard: z.boolean().default(false) })

export const GET = route({ auth: 'session' }, listPurchases)
export const POST = route({ auth: 'session', input: buyCreditsInput }, buyCredits)
