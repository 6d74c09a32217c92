import type { Actor } from '@/lib/core/actor'
import { requireRole } from '../../members'
import { eventDto, namesOf, type UsageEventDto } from './event-dto'
import { parseCursor, printCursor, requireRange, type UsageFilters } from './rules'
import { readEvents } from './store'
import { termsOf } from './terms'

export interface UsageEventsDto {
  timeZone: string
  events: UsageEventDto[]
  /** Where the next older page begins: `before` of another call; null when there is none. */
  older: string | null
}

const pageSize = 50

/**
 * Single events of a range of billing days, newest first, 50 a page. A page is named by the event above it, so its address
 * shows the same events for ever, whatever is recorded later.
 * @throws Refusal `invalid_request` naming the field; `not_found`.
 */
export async function listUsageEvents(
  actor: Actor,
  {
    accountId,
    from,
    to,
    filters = {},
    before,
  }: { accountId: string; from: string; to: string; filters?: UsageFilters; before?: string | undefined },
): Promise<UsageEventsDto> {
  await requireRole(actor, accountId, 'account:read')
  requireRange({ from, to })
  const cursor = before ? parseCursor(before) : null
  const { currency, timeZone, startsAt, endsAt } = await termsOf(accountId, { from, to })
  const rows = await readEvents({ accountId, startsAt, endsAt, filters }, cursor, pageSize + 1)
  const page = rows.slice(0, pageSize)
  const names = await namesOf(accountId, page)
  return {
    timeZone,
    events: page.map((row) => eventDto(row, names, currency)),
    older: rows.length > pageSize ? printCursor(page.at(-1)!) : null,
  }
}
