import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { mayOperate, type OperatorAction } from './rules'
import { readOperatorRole } from './store'

/**
 * The first line of every verb for the platform's own staff. The role is read at each call; our own worker and scripts run
 * by the operator on the server pass.
 * @throws Refusal `sign_in_required`; `not_found` for everybody who is no operator (there is nothing here for them);
 *   `not_allowed` when the operator's role is too low.
 */
export async function requireOperator(actor: Actor, action: OperatorAction): Promise<void> {
  if (actor.kind === 'system') return
  if (actor.kind === 'visitor') throw new Refusal('sign_in_required', { message: 'Sign in to go on.' })
  const role = actor.kind === 'user' && isId(actor.userId) ? await readOperatorRole(actor.userId) : null
  if (role === null) throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  if (!mayOperate(role, action)) {
    throw new Refusal('not_allowed', { message: `Your operator role (${role}) does not allow this.`, role })
  }
}

/** The actor's role among the platform's staff, or null. Decides only which links are shown. */
export const operatorRoleOf = async (actor: Actor): Promise<string | null> =>
  actor.kind === 'user' && isId(actor.userId) ? readOperatorRole(actor.userId) : null
