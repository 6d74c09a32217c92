import type { Actor } from '@/lib/core/actor'
import { requirePerson } from './require-person'
import { type DeviceName, deviceName } from './rules'
import { readSessions } from './store'

export interface SessionDto extends DeviceName {
  sessionId: string
  ip: string | null
  signedInAt: string
  /** To within five minutes. */
  lastSeenAt: string
  expiresAt: string
  isThisOne: boolean
}

/**
 * Where the signed-in person is signed in; the session that asks comes first. Time is the machine's, as for sessions
 * everywhere.
 */
export async function listSessions(actor: Actor): Promise<SessionDto[]> {
  const { userId, sessionId } = requirePerson(actor)
  const rows = await readSessions(userId, new Date())
  const sessions = rows.map((row) => ({
    ...deviceName(row.userAgent),
    sessionId: row.sessionId,
    ip: row.ip,
    signedInAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expires.toISOString(),
    isThisOne: row.sessionId === sessionId,
  }))
  return sessions.sort((a, b) => Number(b.isThisOne) - Number(a.isThisOne))
}
