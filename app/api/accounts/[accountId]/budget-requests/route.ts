import { listBudgetRequests } from '@/lib/domain/budgets'
import { route } from '@/lib/http/route'

export const GET = route({ auth: 'session' }, listBudgetRequests)
