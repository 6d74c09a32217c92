import { newId } from '@/lib/core/ids'
import { query, type Tx } from '@/lib/edges/db'
import type { Role } from '../members/rules'

export interface MemberRow {
  userId: string
  email: string
  name: string | null
  role: Role
  createdAt: Date
}

const memberColumns = 'm.user_id as "userId", u.email, u.name, m.role, m.created_at as "createdAt"'

/** The account's members, the oldest first. */
export async function readMembers(accountId: string): Promise<MemberRow[]> {
  return query<MemberRow>(
    `select ${memberColumns} from memberships m join users u on u.id = m.user_id
      where m.account_id = $1 order by m.created_at, m.user_id`,
    [accountId],
  )
}

/**
 * Locks every membership of the account and reads them: whoever changes people takes turns, so that one owner always stays.
 * They are read after the lock, in a statement of its own: one that had to wait does not see who joined meanwhile.
 */
export async function lockMembers(tx: Tx, accountId: string): Promise<MemberRow[]> {
  await tx.query('select 1 from memberships where account_id = $1 order by user_id for update', [accountId])
  const { rows } = await tx.query<MemberRow>(
    `select ${memberColumns} from memberships m join users u on u.id = m.user_id
      where m.account_id = $1 order by m.user_id`,
    [accountId],
  )
  return rows
}

export async function updateRole(tx: Tx, accountId: string, userId: string, role: Role): Promise<void> {
  await tx.query('update memberships set role = $3 where account_id = $1 and user_id = $2', [accountId, userId, role])
}

export async function deleteMember(tx: Tx, accountId: string, userId: string): Promise<void> {
  await tx.query('delete from memberships where account_id = $1 and user_id = $2', [accountId, userId])
}

export interface InvitationRow {
  accountId: string
  invitationId: string
  email: string
  role: Role
  invitedBy: string
  createdAt: Date
  mailedAt: Date | null
  expiresAt: Date
  acceptedAt: Date | null
  acceptedBy: string | null
  revokedAt: Date | null
}

const invitationColumns = `i.account_id as "accountId", i.invitation_id as "invitationId", i.email, i.role,
  i.invited_by as "invitedBy", i.created_at as "createdAt", i.mailed_at as "mailedAt", i.expires_at as "expiresAt",
  i.accepted_at as "acceptedAt", i.accepted_by as "acceptedBy", i.revoked_at as "revokedAt"`

/** Invitations that were neither accepted nor revoked, the newest first; those that have expired too. */
export async function readOpenInvitations(
  accountId: string,
): Promise<(InvitationRow & { inviterEmail: string | null })[]> {
  return query(
    `select ${invitationColumns}, u.email as "inviterEmail" from invitations i left join users u on u.id = i.invited_by
      where i.account_id = $1 and i.accepted_at is null and i.revoked_at is null
      order by i.created_at desc, i.invitation_id desc`,
    [accountId],
  )
}

export async function lockOpenInvitations(tx: Tx, accountId: string): Promise<InvitationRow[]> {
  const { rows } = await tx.query<InvitationRow>(
    `select ${invitationColumns} from invitations i
      where i.account_id = $1 and i.accepted_at is null and i.revoked_at is null order by i.invitation_id for update`,
    [accountId],
  )
  return rows
}

export async function lockInvitation(tx: Tx, accountId: string, invitationId: string): Promise<InvitationRow | null> {
  const { rows } = await tx.query<InvitationRow>(
    `select ${invitationColumns} from invitations i where i.account_id = $1 and i.invitation_id = $2 for update`,
    [accountId, invitationId],
  )
  return rows[0] ?? null
}

export async function lockInvitationByToken(tx: Tx, accountId: string, hash: Buffer): Promise<InvitationRow | null> {
  const { rows } = await tx.query<InvitationRow>(
    `select ${invitationColumns} from invitations i where i.account_id = $1 and i.token_hash = $2 for update`,
    [accountId, hash],
  )
  return rows[0] ?? null
}

/** What the page behind an invitation's link shows. */
export async function readInvitationByToken(
  accountId: string,
  hash: Buffer,
): Promise<(InvitationRow & { accountName: string; inviterEmail: string | null; inviterName: string | null }) | null> {
  const rows = await query<
    InvitationRow & { accountName: string; inviterEmail: string | null; inviterName: string | null }
  >(
    `select ${invitationColumns}, a.name as "accountName", u.email as "inviterEmail", u.name as "inviterName"
       from invitations i join accounts a on a.account_id = i.account_id left join users u on u.id = i.invited_by
      where i.account_id = $1 and i.token_hash = $2`,
    [accountId, hash],
  )
  return rows[0] ?? null
}

export async function insertInvitation(
  tx: Tx,
  row: {
    accountId: string
    email: string
    role: Role
    tokenHash: Buffer
    invitedBy: string
    at: Date
    expiresAt: Date
  },
): Promise<string> {
  const invitationId = newId()
  await tx.query(
    `insert into invitations (account_id, invitation_id, email, role, token_hash, invited_by, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [row.accountId, invitationId, row.email, row.role, row.tokenHash, row.invitedBy, row.at, row.expiresAt],
  )
  return invitationId
}

/** A new link and a new week: the former link no longer works. */
export async function renewInvitation(
  tx: Tx,
  row: { accountId: string; invitationId: string; tokenHash: Buffer; expiresAt: Date },
): Promise<void> {
  await tx.query(
    `update invitations set token_hash = $3, expires_at = $4, mailed_at = null
      where account_id = $1 and invitation_id = $2`,
    [row.accountId, row.invitationId, row.tokenHash, row.expiresAt],
  )
}

export async function markMailed(accountId: string, invitationId: string, at: Date): Promise<void> {
  await query('update invitations set mailed_at = $3 where account_id = $1 and invitation_id = $2', [
    accountId,
    invitationId,
    at,
  ])
}

export async function markRevoked(tx: Tx, accountId: string, invitationId: string, at: Date): Promise<void> {
  await tx.query('update invitations set revoked_at = $3 where account_id = $1 and invitation_id = $2', [
    accountId,
    invitationId,
    at,
  ])
}

export async function markAccepted(
  tx: Tx,
  row: { accountId: string; invitationId: string; userId: string; at: Date },
): Promise<void> {
  await tx.query(
    'update invitations set accepted_at = $4, accepted_by = $3 where account_id = $1 and invitation_id = $2',
    [row.accountId, row.invitationId, row.userId, row.at],
  )
}

/** Remembers which account the person looks at: in this browser, and for sessions to come. */
export async function chooseAccount(
  tx: Tx,
  { userId, sessionId, accountId }: { userId: string; sessionId: string | undefined; accountId: string },
): Promise<void> {
  await tx.query('update users set last_account_id = $2 where id = $1', [userId, accountId])
  if (!sessionId) return
  await tx.query('update sessions set chosen_account_id = $3 where id = $2 and user_id = $1', [
    userId,
    sessionId,
    accountId,
  ])
}

export async function saveLocale(userId: string, locale: string): Promise<void> {
  await query('update users set locale = $2 where id = $1', [userId, locale])
}

export interface PersonRow {
  email: string
  name: string | null
  /** The language that they chose, else the one that their browser asked for. */
  locale: string | null
}

export async function readPerson(tx: Tx, userId: string): Promise<PersonRow | null> {
  const { rows } = await tx.query<PersonRow>(
    'select email, name, coalesce(locale, browser_locale) as locale from users where id = $1',
    [userId],
  )
  return rows[0] ?? null
}

/** The language of a person by their address; null when it is not known, or nobody has signed in with it. */
export async function readLocaleOf(email: string): Promise<string | null> {
  const rows = await query<{ locale: string | null }>(
    'select coalesce(locale, browser_locale) as locale from users where email = $1',
    [email],
  )
  return rows[0]?.locale ?? null
}

export async function readAccountName(tx: Tx, accountId: string): Promise<{ name: string; timeZone: string } | null> {
  const { rows } = await tx.query<{ name: string; timeZone: string }>(
    'select name, time_zone as "timeZone" from accounts where account_id = $1',
    [accountId],
  )
  return rows[0] ?? null
}
