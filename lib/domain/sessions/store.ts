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

export interface DeviceRow {
  email: string
  locale: string | null
  firstSeenAt: Date
  ip: string | null
  userAgent: string | null
  /** The billing time zone of the account that the person looked at last. */
  timeZone: string | null
}

/** A device that a person has signed in with. `deviceHash` is in hex. */
export async function readDevice(userId: string, deviceHash: string): Promise<DeviceRow | null> {
  const rows = await query<DeviceRow>(
    `select u.email, coalesce(u.locale, u.browser_locale) as locale, d.first_seen_at as "firstSeenAt", d.ip,
            d.user_agent as "userAgent",
            (select a.time_zone from memberships m join accounts a on a.account_id = m.account_id where m.user_id = u.id
              order by (m.account_id = u.last_account_id) desc nulls last, m.created_at, m.account_id limit 1) as "timeZone"
       from sign_in_devices d join users u on u.id = d.user_id where d.user_id = $1 and d.device_hash = decode($2, 'hex')`,
    [userId, deviceHash],
  )
  return rows[0] ?? null
}
