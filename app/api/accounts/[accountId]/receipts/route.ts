import { listReceipts } from '@/lib/domain/receipts'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, listReceipts)
