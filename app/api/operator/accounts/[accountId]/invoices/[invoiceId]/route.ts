import { getInvoiceForOperator } from '@/lib/domain/invoices'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, getInvoiceForOperator)
