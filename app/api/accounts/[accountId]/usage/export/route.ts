import * as z from 'zod'
import type { Actor } from '@/lib/core/actor'
import { exportFormats, exportUsage, parseFilters } from '@/lib/domain/usage'
import { route } from '@/lib/http/route'

const text = z.string().max(200).optional()

const input = z.object({
  format: z.enum(exportFormats).default('csv'),
  from: z.string(),
  to: z.string(),
  model: text,
  key: text,
  member: text,
  tag: text,
  untagged: text,
})

const download = (
  actor: Actor,
  { accountId, format, from, to, ...named }: z.infer<typeof input> & { accountId: string },
) => exportUsage(actor, { accountId, format, from, to, filters: parseFilters(named) })

export const GET = route({ auth: 'session', input }, download)
