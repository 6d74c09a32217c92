import { newId } from '@/lib/core/ids'
import { query, type Tx } from '@/lib/edges/db'
import type { AuditAction } from './rules'

export interface AuditRow {
  accountId: string
  actor: string
  ip: string | null
  action: string
  before: unknown
  after: unknown
  at: Date
}

/** The address of a person who acts is kept as it is now: the log stays readable when the person has gone. */
export async function insertAuditEntry(tx: Tx, row: AuditRow, userId: string | null): Promise<void> {
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value))
  await tx.query(
    `insert into audit_entries (account_id, entry_id, actor, actor_email, action, before, after, ip, at)
     values ($1, $2, $3, (select email from users where id = $9), $4, $5, $6, $7, $8)`,
    [row.accountId, newId(), row.actor, row.action, json(row.before), json(row.after), row.ip, row.at, userId],
  )
}

export interface AuditPlace {
  at: Date
  entryId: string
}

export interface AuditFilters {
  /** Who: as the log names them, "user:<id>"; or "system" for all that no person did. */
  actor: string | null
  /** What: an action, "member.removed"; or all of its kind, "member". */
  action: string | null
  from: Date | null
  until: Date | null
}

export interface StoredEntry extends AuditPlace {
  actor: string
  actorEmail: string | null
  /** One of the platform's staff, who does not belong to the account. */
  isOperator: boolean
  action: string
  before: unknown
  after: unknown
  ip: string | null
}

const userOf = (actor: string): string =>
  `case when ${actor} ~ '^user:[0-9a-f-]{36}$' then substr(${actor}, 6)::uuid end`

const isOperator = (accountId: string): string =>
  `(u.operator_role is not null and not exists (
     select from memberships m where m.account_id = ${accountId} and m.user_id = u.id))`

/** Entries of the account, the newest first, from `after` on: the last entry that the page before showed. */
export async function readEntries(
  accountId: string,
  filters: AuditFilters,
  { after, limit }: { after: AuditPlace | null; limit: number },
): Promise<StoredEntry[]> {
  return query<StoredEntry>(
    `select e.entry_id as "entryId", e.at, e.actor, coalesce(e.actor_email, u.email) as "actorEmail",
            ${isOperator('e.account_id')} as "isOperator", e.action, e.before, e.after, e.ip
       from audit_entries e
       left join users u on u.id = ${userOf('e.actor')}
      where e.account_id = $1
        and ($2::text is null or e.actor = $2 or ($2 = 'system' and e.actor not like 'user:%'))
        and ($3::text is null or e.action = $3 or split_part(e.action, '.', 1) = $3)
        and ($4::timestamptz is null or e.at >= $4)
        and ($5::timestamptz is null or e.at < $5)
        and ($6::timestamptz is null or (e.at, e.entry_id) < ($6, $7::uuid))
      order by e.at desc, e.entry_id desc limit $8`,
    [
      accountId,
      filters.actor,
      filters.action,
      filters.from,
      filters.until,
      after?.at ?? null,
      after?.entryId ?? null,
      limit,
    ],
  )
}

/** What one action has changed on the account, oldest first. */
export const readChanges = (
  accountId: string,
  action: AuditAction,
): Promise<{ at: Date; before: unknown; after: unknown }[]> =>
  query('select at, before, after from audit_entries where account_id = $1 and action = $2 order by at, entry_id', [
    accountId,
    action,
  ])

/** Everybody who stands in the account's log, by address; without the platform's staff. */
export async function readActors(accountId: string): Promise<{ actor: string; email: string }[]> {
  return query(
    `select a.actor, coalesce(u.email, a.email, a.actor) as email
       from (select actor, max(actor_email) as email from audit_entries
              where account_id = $1 and actor like 'user:%' group by actor) a
       left join users u on u.id = ${userOf('a.actor')}
      where u.id is null or not ${isOperator('$1')}
      order by 2 limit 500`,
    [accountId],
  )
}

export async function readTimeZone(accountId: string): Promise<string> {
  const rows = await query<{ timeZone: string }>('select time_zone as "timeZone" from accounts where account_id = $1', [
    accountId,
  ])
  return rows[0]?.timeZone ?? 'UTC'
}
