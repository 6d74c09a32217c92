import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { type Action, may } from './rules'
import { readRole } from './store'

/**
 * The first line of every verb: lets the actor pass or throws. The role is read at each call, so a demotion acts on the
 * very next request.
 * @throws Refusal `not_found` when the actor is no member (the same answer as for an account that does not exist),
 *   `not_allowed` when the role is too low, `sign_in_required` when nobody is signed in.
 */
export async function requireRole(actor: Actor, accountId: string, action: Action): Promise<void> {
  if (actor.kind === 'system') return
  if (actor.kind === 'visitor') throw new Refusal('sign_in_required', { message: 'Sign in to go on.' })
  if (actor.kind === 'service') {
    throw new Refusal('not_allowed', { message: 'A service key authorises and reports usage; it may do nothing else.' })
  }
  if (actor.kind === 'api_key') {
    throw new Refusal('not_allowed', { message: 'An API key reads balance and usage; it may do nothing else.' })
  }
  const role = isId(accountId) && isId(actor.userId) ? await readRole(accountId, actor.userId) : null
  if (role === null) throw noSuchAccount()
  if (!may(role, action)) {
    throw new Refusal('not_allowed', {
      message: `Your role in this account (${role}) does not allow this. Ask an owner or an admin.`,
      role,
    })
  }
}

const noSuchAccount = () => new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
