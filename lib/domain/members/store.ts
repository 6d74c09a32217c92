import { query, type Tx } from '@/lib/edges/db'
import type { Role } from './rules'

/** The user's role in the account, or null: no such account and not a member look the same. */
export async function readRole(accountId: string, userId: string): Promise<string | null> {
  const rows = await query<{ role: string }>('select role from memberships where account_id = $1 and user_id = $2', [
    accountId,
    userId,
  ])
  return rows[0]?.role ?? null
}

/** The user's role among the platform's own staff, or null. */
export async function readOperatorRole(userId: string): Promise<string | null> {
  const rows = await query<{ role: string | null }>('select operator_role as role from users where id = $1', [userId])
  return rows[0]?.role ?? null
}

export interface MembershipRow {
  accountId: string
  name: string
  role: Role
}

/** The user's accounts, the oldest membership first. */
export async function readMemberships(userId: string): Promise<MembershipRow[]> {
  return query<MembershipRow>(
    `select m.account_id as "accountId", a.name, m.role
       from memberships m join accounts a on a.account_id = m.account_id
      where m.user_id = $1 order by m.created_at, m.account_id`,
    [userId],
  )
}

export async function insertMembership(
  tx: Tx,
  membership: { accountId: string; userId: string; role: Role; at: Date },
): Promise<void> {
  await tx.query(
    `insert into memberships (account_id, user_id, role, created_at) values ($1, $2, $3, $4) on conflict do nothing`,
    [membership.accountId, membership.userId, membership.role, membership.at],
  )
}

/** E-mail addresses of the account's members with one of the roles, in a fixed order. */
export async function readAddresses(accountId: string, roles: readonly Role[]): Promise<string[]> {
  const rows = await query<{ email: string }>(
    `select u.email from memberships m join users u on u.id = m.user_id
      where m.account_id = $1 and m.role = any($2) order by u.email`,
    [accountId, roles],
  )
  return rows.map(({ email }) => email)
}

/** E-mail addresses of the platform's staff with one of the roles, in a fixed order. */
export async function readOperatorAddresses(roles: readonly string[]): Promise<string[]> {
  const rows = await query<{ email: string }>('select email from users where operator_role = any($1) order by email', [
    roles,
  ])
  return rows.map(({ email }) => email)
}

/** Counts one attempt of the subject in the present minute and returns how many there were since `since`. */
export async function countAttempt(tx: Tx, subject: string, minute: Date, since: Date): Promise<number> {
  await tx.query(
    `insert into attempt_counts (subject, window_start, attempts) values ($1, $2, 1)
     on conflict (subject, window_start) do update set attempts = attempt_counts.attempts + 1`,
    [subject, minute],
  )
  const { rows } = await tx.query<{ attempts: bigint }>(
    'select sum(attempts)::bigint as attempts from attempt_counts where subject = $1 and window_start > $2',
    [subject, since],
  )
  return Number(rows[0]?.attempts ?? 0n)
}

export async function forgetAttempts(tx: Tx, before: Date): Promise<void> {
  await tx.query('delete from attempt_counts where window_start < $1', [before])
}
