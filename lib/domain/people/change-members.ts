import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { revokeKeysOfMember } from '../api-keys'
import { recordAudit } from '../audit'
import { requireRole } from '../members'
import type { Role } from '../members/rules'
import { memberAmong, obey, ownersIn, roleAmong } from './refusals'
import { refuseLeaving, refuseRemoval, refuseRoleChange, rolesToGive } from './rules'
import { deleteMember, lockMembers, lockOpenInvitations, type MemberRow, markRevoked, updateRole } from './store'

interface Choice {
  accountId: string
  userId: string
}

/**
 * Gives a member another role; it counts from their next request on.
 * @throws Refusal `not_allowed` (reason: only_owners when an owner is concerned), `last_owner`, `not_found`
 */
export async function changeRole(
  actor: Actor,
  { accountId, userId, role }: Choice & { role: Role },
): Promise<{ userId: string; role: Role }> {
  await requireRole(actor, accountId, 'members:write')
  const at = await now()
  await inTransaction(async (tx) => {
    const members = await lockMembers(tx, accountId)
    const actorRole = roleAmong(members, actor)
    const member = memberAmong(members, userId)
    obey(refuseRoleChange({ actorRole, from: member.role, to: role, owners: ownersIn(members) }))
    if (member.role === role) return
    await updateRole(tx, accountId, userId, role)
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'member.role_changed',
      before: { userId, email: member.email, role: member.role },
      after: { userId, email: member.email, role },
      at,
    })
    await endInvitationsOf(tx, { accountId, userId, role, actor, at })
  })
  return { userId, role }
}

/**
 * Takes a member out of the account, and ends the API keys that are theirs. Their sessions stay, for they may belong to
 * other accounts; their very next request on this one is refused.
 * @throws Refusal `not_allowed`, `last_owner`, `not_found`
 */
export async function removeMember(actor: Actor, { accountId, userId }: Choice): Promise<void> {
  await requireRole(actor, accountId, 'members:write')
  const at = await now()
  await inTransaction(async (tx) => {
    const members = await lockMembers(tx, accountId)
    const actorRole = roleAmong(members, actor)
    const member = memberAmong(members, userId)
    obey(refuseRemoval({ actorRole, from: member.role, owners: ownersIn(members) }))
    await takeOut(tx, { accountId, member, actor, action: 'member.removed', at })
  })
}

/** Leaves the account. @throws Refusal `last_owner`, `not_found` */
export async function leaveAccount(actor: Actor, { accountId }: { accountId: string }): Promise<void> {
  await requireRole(actor, accountId, 'account:read')
  if (actor.kind !== 'user') throw new Refusal('not_allowed', { message: 'Only a member leaves an account.' })
  const at = await now()
  await inTransaction(async (tx) => {
    const members = await lockMembers(tx, accountId)
    const member = memberAmong(members, actor.userId)
    obey(refuseLeaving({ from: member.role, owners: ownersIn(members) }))
    await takeOut(tx, { accountId, member, actor, action: 'member.left', at })
  })
}

async function takeOut(
  tx: Tx,
  gone: {
    accountId: string
    member: MemberRow
    actor: Actor
    action: 'member.removed' | 'member.left'
    at: Date
  },
): Promise<void> {
  const { accountId, member, actor, action, at } = gone
  const { userId, email, role } = member
  await revokeKeysOfMember(tx, { accountId, userId, actor, at })
  await deleteMember(tx, accountId, userId)
  await recordAudit(tx, { accountId, actor, action, before: { userId, email, role }, at })
  await endInvitationsOf(tx, { accountId, userId, role: null, actor, at })
}

/** Open invitations end when the one who made them could not make them any more. */
async function endInvitationsOf(
  tx: Tx,
  inviter: { accountId: string; userId: string; role: Role | null; actor: Actor; at: Date },
): Promise<void> {
  const { accountId, userId, role, actor, at } = inviter
  const stillTheirs = role ? rolesToGive(role) : []
  for (const invitation of await lockOpenInvitations(tx, accountId)) {
    if (invitation.invitedBy !== userId || stillTheirs.includes(invitation.role)) continue
    const { invitationId, email } = invitation
    await markRevoked(tx, accountId, invitationId, at)
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'invitation.revoked',
      before: { invitationId, email, role: invitation.role },
      at,
    })
  }
}
