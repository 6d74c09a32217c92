import type { Actor } from '@/lib/core/actor'
import { pool } from '@/lib/edges/db'
import { requireRole } from '../members'
import { type AttemptDto, attemptDto } from './get-auto-top-up'
import { type Note, readActivity, readNotes } from './store'
import { noteText } from './words'

/** One line of the timeline that a customer reads. Amounts are decimal strings, instants ISO strings. */
export type TopUpTimelineEntry =
  | ({ kind: 'attempt'; entryId: string; at: string } & AttemptDto)
  /** Why nothing was charged although credit was low, or what ended a wait. */
  | { kind: 'note'; entryId: string; at: string; reason: Note['reason']; text: string }

/** What the platform's staff tries out is no news to the customer. */
const internal: ReadonlySet<Note['reason']> = new Set<Note['reason']>(['dry_run'])

const timelineLength = 50

/** Every attempt, and every reason not to charge that lasted, in sentences; newest first, at most 50. */
export async function listTopUpTimeline(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<TopUpTimelineEntry[]> {
  await requireRole(actor, accountId, 'account:read')
  const page = { accountId, before: null, limit: timelineLength }
  const [attempts, notes] = await Promise.all([readActivity(pool(), page), readNotes(pool(), page)])
  const entries: TopUpTimelineEntry[] = [
    ...attempts.map((attempt) => {
      const dto = attemptDto(attempt)
      return { kind: 'attempt' as const, entryId: dto.attemptId, at: dto.createdAt, ...dto }
    }),
    ...notes
      .filter(({ reason }) => !internal.has(reason))
      .map(({ noteId, reason, at }) => ({
        kind: 'note' as const,
        entryId: noteId,
        at: at.toISOString(),
        reason,
        text: noteText(reason),
      })),
  ]
  return entries.sort(newestFirst).slice(0, timelineLength)
}

/** Ids are made in the order of time, so they tell entries of one instant apart. */
export const newestFirst = (a: { at: string; entryId: string }, b: { at: string; entryId: string }): number =>
  a.at === b.at ? (a.entryId < b.entryId ? 1 : -1) : a.at < b.at ? 1 : -1
