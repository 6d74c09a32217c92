import type { Actor } from '@/lib/core/actor'
import { pool } from '@/lib/edges/db'
import { requireRole } from '../members'
import { findOpenAttempt } from './store'

/**
 * Where the customer confirms an automatic payment with their bank; null when there is nothing to confirm any more. For
 * those who may pay only: the mailed link leads here, not to the page at Stripe. @throws Refusal `not_found`, `not_allowed`
 */
export async function getConfirmUrl(
  actor: Actor,
  { accountId, attemptId }: { accountId: string; attemptId: string },
): Promise<string | null> {
  await requireRole(actor, accountId, 'billing:write')
  const open = await findOpenAttempt(pool(), accountId)
  return open?.attemptId === attemptId && open.state === 'requires_action' ? open.recoveryUrl : null
}
