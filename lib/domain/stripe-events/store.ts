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

/** When the newest event arrived, or null when none ever did. */
export async function readLatestArrival(tx: Tx): Promise<Date | null> {
  const { rows } = await tx.query<{ latest: Date | null }>('select max(received_at) as latest from stripe_events')
  return rows[0]?.latest ?? null
}
