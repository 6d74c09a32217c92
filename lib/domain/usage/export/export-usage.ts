import type { Actor } from '@/lib/core/actor'
import type { Download } from '@/lib/core/download'
import { requireRole } from '../../members'
import { floorToHour, requireRange, type UsageFilters } from '../explorer/rules'
import { countEvents } from '../explorer/store'
import { termsOf } from '../explorer/terms'
import { eventLines } from './event-rows'
import { focusLines } from './focus-rows'
import { countDays } from './store'

export const exportFormats = ['csv', 'focus'] as const
export type ExportFormat = (typeof exportFormats)[number]

/**
 * Usage of a range of billing days as a file: `csv` has a line for each event, `focus` a line for each day and what it was used
 * for (FOCUS 1.3). Made while it is sent, so its size does not matter; it holds everything that was recorded before it was
 * asked for. Nothing more is read once its reader has gone.
 * @throws Refusal `invalid_request` naming the field; `not_found`.
 */
export async function exportUsage(
  actor: Actor,
  {
    accountId,
    format,
    from,
    to,
    filters = {},
  }: { accountId: string; format: ExportFormat; from: string; to: string; filters?: UsageFilters },
): Promise<Download> {
  await requireRole(actor, accountId, 'account:read')
  const range = { from, to }
  requireRange(range)
  const { at, name, currency, timeZone, months, startsAt, endsAt } = await termsOf(accountId, range)
  const file = {
    fileName: `usage-${format}-${from}-to-${to}.csv`,
    contentType: 'text/csv; charset=utf-8; header=present',
  }
  if (format === 'focus') {
    const account = { accountId, name, currency, timeZone, months }
    return { ...file, rowCount: await countDays(accountId, range), chunks: focusLines(account, { from, to, filters }) }
  }
  const extent = { step: 'hour', startsAt: floorToHour(startsAt), endsAt } as const
  const until = endsAt > at ? new Date(at.getTime() + 1) : endsAt
  return {
    ...file,
    rowCount: Number(await countEvents(accountId, extent, filters)),
    chunks: eventLines({ accountId, startsAt, endsAt: until, filters }, currency),
  }
}
