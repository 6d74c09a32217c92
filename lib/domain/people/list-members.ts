import type { Actor } from '@/lib/core/actor'
import { now } from '@/lib/edges/clock'
import { requireRole } from '../members'
import type { Role } from '../members/rules'
import { invitationState } from './rules'
import { readMembers, readOpenInvitations } from './store'

export interface MemberDto {
  userId: string
  email: string
  name: string | null
  role: Role
  memberSince: string
  isYou: boolean
}

/** Everybody who belongs to the account, the oldest membership first. */
export async function listMembers(actor: Actor, { accountId }: { accountId: string }): Promise<MemberDto[]> {
  await requireRole(actor, accountId, 'account:read')
  const members = await readMembers(accountId)
  return members.map(({ createdAt, ...member }) => ({
    ...member,
    memberSince: createdAt.toISOString(),
    isYou: actor.kind === 'user' && actor.userId === member.userId,
  }))
}

export interface InvitationDto {
  invitationId: string
  email: string
  role: Role
  invitedBy: string | null
  createdAt: string
  expiresAt: string
  isExpired: boolean
  isMailed: boolean
}

/** Invitations that nobody has accepted or taken back, the newest first. */
export async function listInvitations(actor: Actor, { accountId }: { accountId: string }): Promise<InvitationDto[]> {
  await requireRole(actor, accountId, 'members:write')
  const [invitations, at] = await Promise.all([readOpenInvitations(accountId), now()])
  return invitations.map((row) => ({
    invitationId: row.invitationId,
    email: row.email,
    role: row.role,
    invitedBy: row.inviterEmail,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    isExpired: invitationState(row, at) === 'expired',
    isMailed: row.mailedAt !== null,
  }))
}
