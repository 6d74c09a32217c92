import { invariant } from '@/lib/core/errors'
import { type Money, money } from '@/lib/core/money'
import { query, type Tx } from '@/lib/edges/db'
import type { Warnable } from './rules'

/** The grant that a crediting transfer brought. */
export async function findGrantByTransfer(tx: Tx, accountId: string, transferSeq: bigint): Promise<string> {
  const { rows } = await tx.query<{ grant_id: string }>(
    'select grant_id from grants where account_id = $1 and transfer_seq = $2',
    [accountId, transferSeq],
  )
  invariant(rows[0], 'a crediting transfer has its grant')
  return rows[0].grant_id
}

/** Accounts with credit whose time is over and that no open hold stands on, the longest over first. */
export async function findAccountsWithExpiredCredit(tx: Tx, at: Date, most: number): Promise<string[]> {
  const { rows } = await tx.query<{ account_id: string }>(
    `select g.account_id
       from grants g join account_balances b on b.account_id = g.account_id
      where g.expires_at <= $1 and not g.is_over and g.remaining > 0 and b.balance > b.held
      group by g.account_id order by min(g.expires_at) limit $2`,
    [at, most],
  )
  return rows.map((row) => row.account_id)
}

const closedAtOnce = 5000

/** Marks expired grants that have nothing left, so that no sweep looks at them again. */
export async function closeExpiredGrants(at: Date): Promise<void> {
  await query(
    `update grants set is_over = true
      where (account_id, grant_id) in (
        select account_id, grant_id from grants
         where expires_at <= $1 and not is_over and remaining = 0 limit ${closedAtOnce} for update skip locked)`,
    [at],
  )
}

/** What expired of each grant of an account, in nanos. */
export async function readExpired(accountId: string): Promise<Map<string, bigint>> {
  const rows = await query<{ grant_id: string; amount: bigint }>(
    `select d.grant_id, sum(d.amount)::bigint as amount
       from transfers t join grant_draws d on d.account_id = t.account_id and d.transfer_seq = t.seq
      where t.account_id = $1 and t.kind = 'expiry' and t.kind <> 'usage' group by d.grant_id`,
    [accountId],
  )
  return new Map(rows.map((row) => [row.grant_id, row.amount]))
}

export interface WarnableGrant extends Warnable {
  accountId: string
  grantId: string
}

interface WarnableRow {
  account_id: string
  grant_id: string
  remaining: bigint
  currency: string
  expires_at: Date
  granted_at: Date
  warned_days: number | null
}

const warnableColumns = 'g.account_id, g.grant_id, g.remaining, g.currency, g.expires_at, g.granted_at, g.warned_days'

const readRow = (row: WarnableRow): WarnableGrant => ({
  accountId: row.account_id,
  grantId: row.grant_id,
  remaining: money(row.remaining, row.currency),
  expiresAt: row.expires_at,
  grantedAt: row.granted_at,
  warnedDays: row.warned_days,
})

/**
 * Grants whose owners may have to be warned: some days before their expiry, by a bound that holds in every zone, and not yet
 * warned of that. In the order of their ids, after the one of `after`; with the zones that the account has and will have.
 */
export async function findWarnable(
  at: Date,
  bounds: { days: number; until: Date }[],
  after: { accountId: string; grantId: string } | null,
  most: number,
): Promise<(WarnableGrant & { zones: string[] })[]> {
  const rows = await query<WarnableRow & { time_zone: string; next_time_zone: string | null }>(
    `select ${warnableColumns}, a.time_zone, a.next_time_zone
       from grants g join accounts a on a.account_id = g.account_id
      where g.expires_at > $1 and g.expires_at <= $2 and not g.is_over and g.remaining > 0
        and exists (select from unnest($3::int[], $4::timestamptz[]) as w(days, until)
                     where g.expires_at <= w.until and coalesce(g.warned_days, w.days + 1) > w.days)
        and ($5::uuid is null or (g.account_id, g.grant_id) > ($5, $6))
      order by g.account_id, g.grant_id limit $7`,
    [
      at,
      new Date(Math.max(...bounds.map(({ until }) => until.getTime()))),
      bounds.map(({ days }) => days),
      bounds.map(({ until }) => until),
      after?.accountId ?? null,
      after?.grantId ?? null,
      most,
    ],
  )
  return rows.map((row) => ({
    ...readRow(row),
    zones: row.next_time_zone ? [row.time_zone, row.next_time_zone] : [row.time_zone],
  }))
}

/** The account's grants that will expire and have something left. Lock the balance row first: what is left changes under it. */
export async function readWarnable(tx: Tx, accountId: string, at: Date): Promise<WarnableGrant[]> {
  const { rows } = await tx.query<WarnableRow>(
    `select ${warnableColumns} from grants g
      where g.account_id = $1 and g.expires_at > $2 and not g.is_over and g.remaining > 0 order by g.expires_at, g.grant_id`,
    [accountId, at],
  )
  return rows.map(readRow)
}

export async function saveWarned(tx: Tx, accountId: string, grantIds: string[], days: number): Promise<void> {
  await tx.query('update grants set warned_days = $3 where account_id = $1 and grant_id = any($2::uuid[])', [
    accountId,
    grantIds,
    days,
  ])
}

/** The account's signup grant, if it ever had one. */
export async function findSignupGrant(tx: Tx, accountId: string): Promise<string | null> {
  const { rows } = await tx.query<{ grant_id: string }>(
    `select grant_id from grants where account_id = $1 and source = 'signup'`,
    [accountId],
  )
  return rows[0]?.grant_id ?? null
}

/** Ends a grant now: what open holds stand on goes when they close. */
export async function endGrant(tx: Tx, accountId: string, grantId: string, at: Date): Promise<void> {
  await tx.query('update grants set expires_at = least(expires_at, $3) where account_id = $1 and grant_id = $2', [
    accountId,
    grantId,
    at,
  ])
}

/** What was given before under an id, if anything was. */
export async function findGrant(
  tx: Tx,
  accountId: string,
  grantId: string,
): Promise<{ amount: Money; expiresAt: Date | null } | null> {
  const { rows } = await tx.query<{ amount: bigint; currency: string; expires_at: Date | null }>(
    'select amount, currency, expires_at from grants where account_id = $1 and grant_id = $2',
    [accountId, grantId],
  )
  const row = rows[0]
  return row ? { amount: money(row.amount, row.currency), expiresAt: row.expires_at } : null
}
