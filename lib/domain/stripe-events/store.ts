import type { Tx } from '@/lib/edges/db'
import type { EventHint } from '@/lib/edges/stripe'

export type EventStatus = 'received' | 'processed' | 'ignored' | 'dead'

export interface StoredEvent {
  eventId: string
  type: string
  objectId: string | null
  status: EventStatus
  attempts: number
}

/** Stores events that are not there yet and returns the ids of those. */
export async function insertEventsOnce(
  tx: Tx,
  events: { event: EventHint; status: 'received' | 'ignored' }[],
  at: Date,
): Promise<Set<string>> {
  const { rows } = await tx.query<{ event_id: string }>(
    `insert into stripe_events (event_id, type, livemode, api_version, object_id, status, received_at)
     select e.event_id, e.type, e.livemode, e.api_version, e.object_id, e.status, $2
       from json_to_recordset($1) as e(event_id text, type text, livemode boolean, api_version text, object_id text, status text)
     on conflict (event_id) do nothing returning event_id`,
    [
      JSON.stringify(
        events.map(({ event, status }) => ({
          event_id: event.eventId,
          type: event.type,
          livemode: event.livemode,
          api_version: event.apiVersion,
          object_id: event.objectId,
          status,
        })),
      ),
      at,
    ],
  )
  return new Set(rows.map((row) => row.event_id))
}

export async function findEvent(tx: Tx, eventId: string): Promise<StoredEvent | null> {
  const { rows } = await tx.query<StoredEvent>(
    `select event_id as "eventId", type, object_id as "objectId", status, attempts from stripe_events where event_id = $1`,
    [eventId],
  )
  return rows[0] ?? null
}

export async function closeEvent(
  tx: Tx,
  eventId: string,
  status: 'processed' | 'ignored' | 'dead',
  at: Date,
): Promise<void> {
  await tx.query(
    `update stripe_events set status = $2, processed_at = case when $2 = 'processed' then $3::timestamptz end
      where event_id = $1 and status = 'received'`,
    [eventId, status, at],
  )
}

/** Counts a failure and returns how many there were. */
export async function countFailure(tx: Tx, eventId: string, error: string): Promise<number> {
  const { rows } = await tx.query<{ attempts: number }>(
    'update stripe_events set attempts = attempts + 1, last_error = $2 where event_id = $1 returning attempts',
    [eventId, error.slice(0, 500)],
  )
  return rows[0]?.attempts ?? 0
}

/** Until when a sweep has looked, or null when it never did. */
export async function readSweepMark(tx: Tx, name: string): Promise<Date | null> {
  const { rows } = await tx.query<{ at: Date }>('select swept_until as at from sweep_marks where name = $1', [name])
  return rows[0]?.at ?? null
}

/** Notes until when a sweep has looked; never back. */
export async function moveSweepMark(tx: Tx, name: string, at: Date): Promise<void> {
  await tx.query(
    `insert into sweep_marks (name, swept_until) values ($1, $2)
     on conflict (name) do update set swept_until = greatest(sweep_marks.swept_until, excluded.swept_until)`,
    [name, at],
  )
}

export interface DeadEvent {
  eventId: string
  type: string
  objectId: string | null
  attempts: number
  lastError: string | null
  receivedAt: Date
}

/** Events that were given up, the newest first. */
export async function readDeadEvents(tx: Tx, limit: number): Promise<DeadEvent[]> {
  const { rows } = await tx.query<DeadEvent>(
    `select event_id as "eventId", type, object_id as "objectId", attempts, last_error as "lastError", received_at as "receivedAt"
       from stripe_events where status = 'dead' order by received_at desc, event_id limit $1`,
    [limit],
  )
  return rows
}

/** Takes a dead event back into the inbox, with all its attempts before it; false when it is not dead. */
export async function reviveEvent(tx: Tx, eventId: string, at: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update stripe_events set status = 'received', attempts = 0, received_at = $2 where event_id = $1 and status = 'dead'`,
    [eventId, at],
  )
  return rowCount === 1
}

export interface Inbox {
  waiting: bigint
  /** When the oldest event that waits arrived. */
  oldest: Date | null
  dead: bigint
}

export async function readInbox(tx: Tx): Promise<Inbox> {
  const { rows } = await tx.query<Inbox>(
    `select count(*) filter (where status = 'received') as waiting, min(received_at) filter (where status = 'received') as oldest,
            count(*) filter (where status = 'dead') as dead
       from stripe_events where status in ('received', 'dead')`,
  )
  return rows[0]!
}
