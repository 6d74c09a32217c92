import { settleInvoice } from '@/lib/domain/invoices'
import { route } from '@/lib/http/route'

export const POST = route({ auth: 'session' }, settleInvoice)
