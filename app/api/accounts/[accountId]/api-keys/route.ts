import * as z from 'zod'
import { createApiKey, listApiKeys } from '@/lib/domain/api-keys'
import { apiKeyScopes } from '@/lib/domain/api-keys/rules'
import { budgetWindows } from '@/lib/domain/budgets/rules'
import { route } from '@/lib/http/route'

const keyInput = z.object({
  name: z.string().max(200),
  scopes: z.array(z.enum(apiKeyScopes)).max(10),
  member: z.string().max(40),
  expiresInDays: z.number().nullable(),
  budget: z
    .strictObject({
      window: z.enum(budgetWindows),
      limit: z.string().max(40),
      warnAtPercent: z.array(z.number()).max(20).optional(),
    })
    .optional(),
})

export const GET = route({ auth: 'session' }, listApiKeys)

export const POST = route({ auth: 'session', input: keyInput }, createApiKey)
