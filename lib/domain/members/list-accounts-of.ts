import type { Actor } from '@/lib/core/actor'
import { type MembershipRow, readMemberships } from './store'

export type MembershipDto = MembershipRow

/** The accounts that the signed-in person belongs to, the oldest membership first. Nobody else belongs to any. */
export async function listAccountsOf(actor: Actor): Promise<MembershipDto[]> {
  if (actor.kind !== 'user') return []
  const rows = await readMemberships(actor.userId)
  // Plain objects, which pages may hand to the browser; the driver's rows are none.
  return rows.map(({ accountId, name, role }) => ({ accountId, name, role }))
}
