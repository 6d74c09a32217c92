import type { Actor } from '@/lib/core/actor'
import { requireRole } from '../../members'
import { type DayRange, type Grouping, requireRange } from './rules'
import { type Option, readOptions } from './store'

/** What usage of a range can be filtered by. @throws Refusal as getUsageSeries */
export async function getUsageOptions(
  actor: Actor,
  { accountId, range }: { accountId: string; range: DayRange },
): Promise<Record<Grouping, Option[]>> {
  await requireRole(actor, accountId, 'account:read')
  requireRange(range)
  return readOptions(accountId, range)
}
