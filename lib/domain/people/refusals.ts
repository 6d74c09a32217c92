/** The answers of no about people, in words for callers; components have their own by code. */
import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { type PeopleRefusal, rolesToGive } from './rules'
import type { InvitationRow, MemberRow } from './store'

const sentences: Record<PeopleRefusal, string> = {
  not_allowed: 'Your role in this account does not allow this. Ask an owner or an admin.',
  only_owners: 'Only an owner makes or unmakes owners. Ask an owner.',
  last_owner: 'An account always has an owner. Make somebody else an owner first.',
}

/** @throws Refusal `last_owner`, or `not_allowed` with the reason */
export function obey(refusal: PeopleRefusal | null): void {
  if (refusal === null) return
  const message = sentences[refusal]
  if (refusal === 'last_owner') throw new Refusal('last_owner', { message })
  throw new Refusal('not_allowed', { message, reason: refusal })
}

/** The actor's role as it is under the lock; the system acts as an owner. @throws Refusal `not_found` */
export function roleAmong(members: MemberRow[], actor: Actor): string {
  if (actor.kind === 'system') return 'owner'
  const own = actor.kind === 'user' && members.find(({ userId }) => userId === actor.userId)
  if (!own) throw nothingHere()
  return own.role
}

/** @throws Refusal `not_allowed` when the role is above what the actor may give */
export function obeyRoleToGive(actorRole: string, role: string): void {
  if (rolesToGive(actorRole).some((given) => given === role)) return
  obey(role === 'owner' && rolesToGive(actorRole).length > 0 ? 'only_owners' : 'not_allowed')
}

/** @throws Refusal `not_found` */
export function memberAmong(members: MemberRow[], userId: string): MemberRow {
  const member = members.find((row) => row.userId === userId)
  if (!member) throw new Refusal('not_found', { message: 'This person is not a member of the account any more.' })
  return member
}

export const ownersIn = (members: MemberRow[]): number => members.filter(({ role }) => role === 'owner').length

/** @throws Refusal `not_found`, `invitation_closed` */
export function requireOpen(invitation: InvitationRow | null): asserts invitation is InvitationRow {
  if (!invitation) throw new Refusal('not_found', { message: 'There is no such invitation.' })
  if (invitation.acceptedAt) throw closed('accepted')
  if (invitation.revokedAt) throw closed('revoked')
}

const closedSentences = {
  accepted: 'This invitation was used already.',
  revoked: 'This invitation was taken back. Ask the person who invited you for a new one.',
  expired: 'This invitation has expired. Ask the person who invited you for a new one.',
}

export const closed = (state: keyof typeof closedSentences): Refusal =>
  new Refusal('invitation_closed', { message: closedSentences[state], state })

export const nothingHere = (): Refusal =>
  new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
