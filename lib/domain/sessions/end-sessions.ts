import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { requirePerson } from './require-person'
import { deleteSession, deleteSessions } from './store'

/** Signs the person out on one device, at once. @throws Refusal `not_found` when they have no such session */
export async function endSession(actor: Actor, { sessionId }: { sessionId: string }): Promise<void> {
  const { userId } = requirePerson(actor)
  if (await deleteSession(userId, sessionId)) return
  throw new Refusal('not_found', { message: 'This session has ended already.' })
}

/** Signs the person out everywhere, at once; with `keepThis`, everywhere else. Returns how many sessions ended. */
export async function endSessions(actor: Actor, { keepThis }: { keepThis: boolean }): Promise<{ ended: number }> {
  const { userId, sessionId } = requirePerson(actor)
  return { ended: await deleteSessions(userId, keepThis ? (sessionId ?? null) : null) }
}
