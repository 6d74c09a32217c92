import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { inTransaction } from '@/lib/edges/db'
import { requireRole } from '../members'
import { chooseAccount } from './store'

/**
 * Shows the account in this browser from now on, and first wherever the person signs in next. It grants nothing: pages
 * fall back to another account as soon as the person does not belong to this one.
 * @throws Refusal `not_found` when the person does not belong to it
 */
export async function switchAccount(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<{ accountId: string }> {
  await requireRole(actor, accountId, 'account:read')
  if (actor.kind !== 'user') throw new Refusal('not_allowed', { message: 'Only a person looks at an account.' })
  const { userId, sessionId } = actor
  await inTransaction((tx) => chooseAccount(tx, { userId, sessionId, accountId }))
  return { accountId }
}
