import type { Actor } from '@/lib/core/actor'
import { type MembershipRow, readMemberships } from './store'

export type MembershipDto = MembershipRow

/** The accounts that the signed-in person belongs to, the oldest membership first. Nobody else belongs to any. */
export async function listAccountsOf(actor: Actor): Promise<MembershipDto[]> {
  return actor.kind === 'user' ? readMemberships(actor.userId) : []
}
