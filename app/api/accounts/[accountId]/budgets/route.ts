import * as z from 'zod'
import { listBudgets, setBudget } from '@/lib/domain/budgets'
import { budgetWindows } from '@/lib/domain/budgets/rules'
import { route } from '@/lib/http/route'

const budgetInput = z.object({
  scope: z.enum(['key', 'member']),
  subject: z.string().max(40),
  window: z.enum(budgetWindows),
  limit: z.string().max(40),
  warnAtPercent: z.array(z.number()).max(20).optional(),
})

export const GET = route({ auth: 'session' }, listBudgets)

export const POST = route({ auth: 'session', input: budgetInput }, setBudget)
