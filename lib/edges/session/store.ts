import { query } from '@/lib/edges/db'
import type { Device } from './client-ip'

export interface SignedInUser {
  userId: string
  email: string
  name: string | null
  /** The session that the person came with. */
  sessionId: string
}

interface SessionRow extends SignedInUser {
  lastSeenAt: Date
}

const restMinutes = 5

/** The user of a session that has not ended, by the hash of its token. Notes where the session is, every five minutes. */
export async function readSessionUser(tokenHash: string, device: Device, at: Date): Promise<SignedInUser | null> {
  const [row] = await query<SessionRow>(
    `select s.id as "sessionId", s.last_seen_at as "lastSeenAt", u.id as "userId", u.email, u.name
       from sessions s join users u on u.id = s.user_id where s.session_token = $1 and s.expires > $2`,
    [tokenHash, at],
  )
  if (!row) return null
  const { lastSeenAt, ...user } = row
  const restUntil = lastSeenAt.getTime() + restMinutes * 60_000
  if (restUntil <= at.getTime()) {
    await query(
      `update sessions set last_seen_at = $2, ip = coalesce($3, ip), user_agent = coalesce($4, user_agent)
        where id = $1 and last_seen_at < $2`,
      [user.sessionId, at, device.ip, device.userAgent],
    )
  }
  return user
}

/**
 * Notes where a session begins, in which language, and on which device. A device that is new to somebody who has signed in on others
 * is told of by a job, which exists exactly when the device does.
 */
export async function saveSignIn(row: {
  userId: string
  tokenHash: string
  deviceHash: Buffer
  device: Device
  locale: string
  at: Date
}): Promise<void> {
  await query(
    `with began as (update sessions set ip = $4, user_agent = $5 where session_token = $2),
     spoken as (update users set browser_locale = $6 where id = $1 and browser_locale is distinct from $6),
     known as (select count(*) as devices from sign_in_devices where user_id = $1),
     again as (update sign_in_devices set last_seen_at = $7 where user_id = $1 and device_hash = $3),
     added as (
       insert into sign_in_devices (user_id, device_hash, first_seen_at, last_seen_at, ip, user_agent)
       values ($1, $3, $7, $7, $4, $5) on conflict do nothing returning user_id, device_hash
     )
     select enqueue_job('tell-new-device', json_build_object('userId', user_id, 'deviceHash', encode(device_hash, 'hex')), null, null)
       from added, known where known.devices > 0`,
    [row.userId, row.tokenHash, row.deviceHash, row.device.ip, row.device.userAgent, row.locale, row.at],
  )
}

/** The language that a person chose, by their address; null when they chose none, or nobody has signed in with it. */
export async function readChosenLocale(email: string): Promise<string | null> {
  const [row] = await query<{ locale: string | null }>('select locale from users where email = $1', [email])
  return row?.locale ?? null
}

/**
 * The account to show, of those that the user belongs to now: the one chosen in this browser, else the one looked at
 * last anywhere, else the oldest. Null when they belong to none.
 */
export async function readChosenAccountId(userId: string, sessionId: string): Promise<string | null> {
  const [row] = await query<{ accountId: string }>(
    `select m.account_id as "accountId"
       from memberships m join users u on u.id = m.user_id left join sessions s on s.id = $2 and s.user_id = u.id
      where m.user_id = $1
      order by (m.account_id = s.chosen_account_id) desc nulls last, (m.account_id = u.last_account_id) desc nulls last,
               m.created_at, m.account_id
      limit 1`,
    [userId, sessionId],
  )
  return row?.accountId ?? null
}
