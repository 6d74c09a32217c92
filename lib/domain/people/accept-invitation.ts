import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { now } from '@/lib/edges/clock'
import { inTransaction, pool } from '@/lib/edges/db'
import { recordAudit } from '../audit'
import { addMember } from '../members'
import type { Role } from '../members/rules'
import { closed, requireOpen } from './refusals'
import { type InvitationState, invitationState } from './rules'
import {
  chooseAccount,
  lockInvitationByToken,
  lockMembers,
  markAccepted,
  readInvitationByToken,
  readPerson,
} from './store'
import { readToken } from './token'

export interface InvitationPageDto {
  state: InvitationState
  accountId: string
  accountName: string
  role: Role
  /** The address that was invited. */
  email: string
  /** Who invited: their name, else their address; null when nobody in particular did. */
  invitedBy: string | null
  expiresAt: string
  /** The signed-in person, if any. isInvited: the invitation is for them. hasAccepted: they used it. */
  you: { email: string; isInvited: boolean; hasAccepted: boolean } | null
}

/** What an invitation's link leads to, for whoever has the link. @throws Refusal `not_found` */
export async function readInvitation(actor: Actor, { token }: { token: string }): Promise<InvitationPageDto> {
  const read = readToken(token)
  const invitation = read && (await readInvitationByToken(read.accountId, read.hash))
  if (!invitation) throw noSuchLink()
  const person = actor.kind === 'user' ? await readPerson(pool(), actor.userId) : null
  return {
    state: invitationState(invitation, await now()),
    accountId: invitation.accountId,
    accountName: invitation.accountName,
    role: invitation.role,
    email: invitation.email,
    invitedBy: invitation.inviterName ?? invitation.inviterEmail,
    expiresAt: invitation.expiresAt.toISOString(),
    you: person && {
      email: person.email,
      isInvited: person.email === invitation.email,
      hasAccepted: actor.kind === 'user' && invitation.acceptedBy === actor.userId,
    },
  }
}

/**
 * Makes the signed-in person, to whose address the invitation was mailed, a member, and shows them the account from now
 * on. Accepted twice by the same person, it is accepted once.
 * @throws Refusal `not_found`, `invitation_not_yours`, `invitation_closed` (state: accepted, revoked or expired)
 */
export async function acceptInvitation(actor: Actor, { token }: { token: string }): Promise<{ accountId: string }> {
  if (actor.kind !== 'user') throw new Refusal('sign_in_required', { message: 'Sign in to accept the invitation.' })
  const read = readToken(token)
  if (!read) throw noSuchLink()
  const { accountId, hash } = read
  const { userId, sessionId } = actor
  const at = await now()
  await inTransaction(async (tx) => {
    // The members first, as everywhere: two people who change the same account never wait for each other in a circle.
    const members = await lockMembers(tx, accountId)
    const invitation = await lockInvitationByToken(tx, accountId, hash)
    if (!invitation) throw noSuchLink()
    const person = await readPerson(tx, userId)
    if (person?.email !== invitation.email) {
      throw new Refusal('invitation_not_yours', {
        message: `This invitation is for ${invitation.email}, and you are signed in as ${person?.email}. Sign in with the invited address.`,
      })
    }
    const isMember = members.some((member) => member.userId === userId)
    if (!(isMember && invitation.acceptedBy === userId)) {
      requireOpen(invitation)
      if (invitationState(invitation, at) === 'expired') throw closed('expired')
      const { invitationId, role, email } = invitation
      await addMember(tx, { accountId, userId, role, at })
      await markAccepted(tx, { accountId, invitationId, userId, at })
      await recordAudit(tx, {
        accountId,
        actor,
        action: 'invitation.accepted',
        after: { invitationId, email, role },
        at,
      })
    }
    await chooseAccount(tx, { userId, sessionId, accountId })
  })
  return { accountId }
}

const noSuchLink = (): Refusal =>
  new Refusal('not_found', {
    message: 'This link leads to no invitation. A newer mail may hold a newer link; else ask for a new invitation.',
  })
