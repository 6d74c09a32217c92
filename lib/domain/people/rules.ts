/** Who may bring whom into an account, change their role and take them out (PRODUCT "People"). Pure. */
import { dayMs } from '@/lib/core/time'
import { may, type Role, roles } from '../members/rules'

/** Why not, of what a person wants to do with a member: only owners make or unmake owners, and one owner always stays. */
export type PeopleRefusal = 'not_allowed' | 'only_owners' | 'last_owner'

interface Change {
  /** The role of the one who asks, as it is now. */
  actorRole: string
  from: Role
  to: Role
  /** How many owners the account has now. */
  owners: number
}

/** Whether a member may get another role; null: yes. */
export function refuseRoleChange({ actorRole, from, to, owners }: Change): PeopleRefusal | null {
  if (!may(actorRole, 'members:write')) return 'not_allowed'
  if ((from === 'owner' || to === 'owner') && actorRole !== 'owner') return 'only_owners'
  if (from === 'owner' && to !== 'owner' && owners <= 1) return 'last_owner'
  return null
}

/** Whether a member may be taken out by another; null: yes. */
export function refuseRemoval({ actorRole, from, owners }: Omit<Change, 'to'>): PeopleRefusal | null {
  if (!may(actorRole, 'members:write')) return 'not_allowed'
  if (from === 'owner' && actorRole !== 'owner') return 'only_owners'
  return refuseLeaving({ from, owners })
}

/** Whether a member may go; null: yes. Everybody may but the last owner. */
export const refuseLeaving = ({ from, owners }: Pick<Change, 'from' | 'owners'>): PeopleRefusal | null =>
  from === 'owner' && owners <= 1 ? 'last_owner' : null

/** The roles that a member may give to others, the highest first. */
export const rolesToGive = (actorRole: string): Role[] =>
  may(actorRole, 'members:write') ? roles.filter((role) => role !== 'owner' || actorRole === 'owner') : []

export const invitationDays = 7

export const invitationEnd = (createdAt: Date): Date => new Date(createdAt.getTime() + invitationDays * dayMs)

export type InvitationState = 'open' | 'accepted' | 'revoked' | 'expired'

export function invitationState(
  { acceptedAt, revokedAt, expiresAt }: { acceptedAt: Date | null; revokedAt: Date | null; expiresAt: Date },
  at: Date,
): InvitationState {
  if (acceptedAt) return 'accepted'
  if (revokedAt) return 'revoked'
  return expiresAt <= at ? 'expired' : 'open'
}

/** Mails that may be sent for one account in an hour, and to one address in a day, whoever asks. */
export const invitationLimits = { perAccount: 20, perAddress: 5, openInAccount: 100 } as const
