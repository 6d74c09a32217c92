import { query } from '@/lib/edges/db'

export interface SessionRow {
  sessionId: string
  createdAt: Date
  lastSeenAt: Date
  expires: Date
  ip: string | null
  userAgent: string | null
}

/** The person's sessions that have not ended, the one seen last first. */
export async function readSessions(userId: string, at: Date): Promise<SessionRow[]> {
  return query<SessionRow>(
    `select id as "sessionId", created_at as "createdAt", last_seen_at as "lastSeenAt", expires, ip,
            user_agent as "userAgent"
       from sessions where user_id = $1 and expires > $2 order by last_seen_at desc, id`,
    [userId, at],
  )
}

/** Ends one session of the person; false when they have no such session. */
export async function deleteSession(userId: string, sessionId: string): Promise<boolean> {
  const rows = await query('delete from sessions where user_id = $1 and id = $2 returning id', [userId, sessionId])
  return rows.length > 0
}

/** Ends every session of the person but the one that is kept. Returns how many there were. */
export async function deleteSessions(userId: string, kept: string | null): Promise<number> {
  const rows = await query('delete from sessions where user_id = $1 and id is distinct from $2 returning id', [
    userId,
    kept,
  ])
  return rows.length
}
