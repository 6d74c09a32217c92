import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'

/** Sessions belong to a person, not to an account: everybody has their own alone. @throws Refusal `sign_in_required` */
export function requirePerson(actor: Actor): { userId: string; sessionId: string | undefined } {
  if (actor.kind === 'user') return { userId: actor.userId, sessionId: actor.sessionId }
  throw new Refusal('sign_in_required', { message: 'Sign in to go on.' })
}
