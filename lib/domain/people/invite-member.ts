import { createHash } from 'node:crypto'
import type { Actor } from '@/lib/core/actor'
import { normalizeEmail } from '@/lib/core/email'
import { Refusal } from '@/lib/core/errors'
import { dayMs, hourMs, minuteMs } from '@/lib/core/time'
import { now } from '@/lib/edges/clock'
import { inTransaction, type Tx } from '@/lib/edges/db'
import { log } from '@/lib/edges/log'
import { recordAudit } from '../audit'
import { countAttempt, requireRole } from '../members'
import type { Role } from '../members/rules'
import { mailInvitation } from './mail'
import { obeyRoleToGive, requireOpen, roleAmong } from './refusals'
import { invitationEnd, invitationLimits, invitationState } from './rules'
import {
  insertInvitation,
  lockInvitation,
  lockMembers,
  lockOpenInvitations,
  markMailed,
  markRevoked,
  renewInvitation,
} from './store'
import { newToken } from './token'

export interface InvitedDto {
  invitationId: string
  email: string
  role: Role
  expiresAt: string
  /** false: the mail could not be sent just now; the invitation is there and can be sent again. */
  isMailed: boolean
}

/**
 * Invites an address to the account with a role and mails it a link that works for seven days. The answer is the same
 * whether or not the address has ever signed in.
 * @throws Refusal `not_allowed` (also for a role above one's own), `invalid_request`, `already_member`,
 *   `already_invited`, `too_many_attempts`
 */
export async function inviteMember(
  actor: Actor,
  { accountId, email: typed, role }: { accountId: string; email: string; role: Role },
): Promise<InvitedDto> {
  await requireRole(actor, accountId, 'members:write')
  const email = normalizeEmail(typed.trim())
  if (!email) {
    throw new Refusal('invalid_request', {
      field: 'email',
      message: 'Type one e-mail address, such as name@example.com.',
    })
  }
  const at = await now()
  const expiresAt = invitationEnd(at)
  const { token, hash } = newToken(accountId)
  const invitationId = await inTransaction(async (tx) => {
    const members = await lockMembers(tx, accountId)
    obeyRoleToGive(roleAmong(members, actor), role)
    if (members.some((member) => member.email === email)) {
      throw new Refusal('already_member', { field: 'email', message: `${email} is a member of this account already.` })
    }
    await makeRoom(tx, { accountId, email, at })
    await countMails(tx, { accountId, email })
    const invited = await insertInvitation(tx, {
      accountId,
      email,
      role,
      tokenHash: hash,
      invitedBy: inviterOf(actor),
      at,
      expiresAt,
    })
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'invitation.sent',
      after: { invitationId: invited, email, role },
      at,
    })
    return invited
  })
  const isMailed = await mail({ accountId, invitationId, email, role, token, expiresAt, inviter: inviterOf(actor) })
  return { invitationId, email, role, expiresAt: expiresAt.toISOString(), isMailed }
}

/**
 * Mails an open or expired invitation again, with a new link that works for seven days. The former link ends.
 * @throws Refusal `not_allowed`, `not_found`, `invitation_closed`, `too_many_attempts`
 */
export async function resendInvitation(
  actor: Actor,
  { accountId, invitationId }: { accountId: string; invitationId: string },
): Promise<InvitedDto> {
  await requireRole(actor, accountId, 'members:write')
  const at = await now()
  const expiresAt = invitationEnd(at)
  const { token, hash } = newToken(accountId)
  const { email, role } = await inTransaction(async (tx) => {
    const members = await lockMembers(tx, accountId)
    const invitation = await lockInvitation(tx, accountId, invitationId)
    requireOpen(invitation)
    obeyRoleToGive(roleAmong(members, actor), invitation.role)
    await countMails(tx, { accountId, email: invitation.email })
    await renewInvitation(tx, { accountId, invitationId, tokenHash: hash, expiresAt })
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'invitation.resent',
      after: { invitationId, email: invitation.email, role: invitation.role },
      at,
    })
    return invitation
  })
  const isMailed = await mail({ accountId, invitationId, email, role, token, expiresAt, inviter: inviterOf(actor) })
  return { invitationId, email, role, expiresAt: expiresAt.toISOString(), isMailed }
}

/**
 * Takes an invitation back: its link ends at once.
 * @throws Refusal `not_allowed`, `not_found`, `invitation_closed` when it was used or taken back before
 */
export async function revokeInvitation(
  actor: Actor,
  { accountId, invitationId }: { accountId: string; invitationId: string },
): Promise<void> {
  await requireRole(actor, accountId, 'members:write')
  const at = await now()
  await inTransaction(async (tx) => {
    const members = await lockMembers(tx, accountId)
    const invitation = await lockInvitation(tx, accountId, invitationId)
    requireOpen(invitation)
    obeyRoleToGive(roleAmong(members, actor), invitation.role)
    await markRevoked(tx, accountId, invitationId, at)
    await recordAudit(tx, {
      accountId,
      actor,
      action: 'invitation.revoked',
      before: { invitationId, email: invitation.email, role: invitation.role },
      at,
    })
  })
}

/** An expired invitation of the same address makes room for a new one; an open one does not. */
async function makeRoom(
  tx: Tx,
  { accountId, email, at }: { accountId: string; email: string; at: Date },
): Promise<void> {
  const open = await lockOpenInvitations(tx, accountId)
  const former = open.find((row) => row.email === email)
  if (former && invitationState(former, at) === 'open') {
    throw new Refusal('already_invited', {
      field: 'email',
      message: `${email} has an open invitation already. Send it again, or take it back first.`,
      invitation_id: former.invitationId,
    })
  }
  if (former) await markRevoked(tx, accountId, former.invitationId, at)
  if (open.length >= invitationLimits.openInAccount) {
    throw new Refusal('conflict', {
      message: `${invitationLimits.openInAccount} invitations are open. Take some back first.`,
    })
  }
}

/**
 * Counts a mail for the account and for the address. On the machine's clock: moving the demo's clock lifts no limit.
 * @throws Refusal `too_many_attempts`; a refused one is not counted.
 */
async function countMails(tx: Tx, { accountId, email }: { accountId: string; email: string }): Promise<void> {
  const at = Date.now()
  const minute = new Date(Math.floor(at / minuteMs) * minuteMs)
  const address = createHash('sha256').update(email).digest('hex')
  const counts = [
    { subject: `invitations-of:${accountId}`, most: invitationLimits.perAccount, windowMs: hourMs },
    { subject: `invitations-to:${address}`, most: invitationLimits.perAddress, windowMs: dayMs },
  ]
  for (const { subject, most, windowMs } of counts) {
    if ((await countAttempt(tx, subject, minute, new Date(at - windowMs))) <= most) continue
    throw new Refusal('too_many_attempts', {
      message: 'Too many invitations were sent. Nothing was sent now; try again later.',
      retry_after_seconds: windowMs / 1000,
    })
  }
}

async function mail(invited: Parameters<typeof mailInvitation>[0] & { invitationId: string }): Promise<boolean> {
  try {
    await mailInvitation(invited)
  } catch (error) {
    log.warn({ reason: (error as Error).name, invitationId: invited.invitationId }, 'an invitation could not be mailed')
    return false
  }
  await markMailed(invited.accountId, invited.invitationId, await now())
  return true
}

/** Scripts of the operator invite as nobody in particular. */
const nobody = '00000000-0000-0000-0000-000000000000'

const inviterOf = (actor: Actor): string => (actor.kind === 'user' ? actor.userId : nobody)
