/** The ledger's only SQL. */
import { Refusal } from '@/lib/core/errors'
import { type Money, money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import type { GrantSource } from '../grants/rules'
import { AccountBook, type BookGrant } from './book'
import type { TransferKind } from './rules'

interface BalanceRow {
  account_id: string
  currency: string
  balance: bigint
  held: bigint
  last_seq: bigint
  last_hash: Buffer
}

interface GrantRow {
  account_id: string
  grant_id: string
  source: GrantSource
  amount: bigint
  remaining: bigint
  currency: string
  priority: number
  expires_at: Date | null
  granted_at: Date
  transfer_seq: bigint
}

/**
 * Locks the account's balance row and reads its book. The lock is the account's queue: whoever holds it decides alone.
 * The grants are read by a statement of their own, for it must see what the lock's last holder wrote.
 * @throws Refusal `not_found` when there is no such account.
 */
export async function openBook(tx: Tx, accountId: string): Promise<AccountBook> {
  const [balances, grants] = await Promise.all([
    tx.query<BalanceRow>(
      `select account_id, currency, balance, held, last_seq, last_hash
         from account_balances where account_id = $1 for update`,
      [accountId],
    ),
    tx.query<GrantRow>(
      `select account_id, grant_id, source, amount, remaining, currency, priority, expires_at, granted_at, transfer_seq
         from grants where account_id = $1 and remaining > 0`,
      [accountId],
    ),
  ])
  const row = balances.rows[0]
  if (!row) throw new Refusal('not_found', { message: `There is no account ${accountId}.` })
  return new AccountBook(
    row.account_id,
    money(row.balance, row.currency),
    money(row.held, row.currency),
    row.last_seq,
    row.last_hash.toString('hex'),
    grants.rows.map(bookGrant),
  )
}

const bookGrant = (row: GrantRow): BookGrant => ({
  grantId: row.grant_id,
  source: row.source,
  amount: money(row.amount, row.currency),
  remaining: money(row.remaining, row.currency),
  priority: row.priority,
  expiresAt: row.expires_at,
  grantedAt: row.granted_at,
  transferSeq: row.transfer_seq,
})

/** Writes everything that happened to the book since it was opened, in one round trip. */
export async function saveBook(tx: Tx, book: AccountBook): Promise<void> {
  book.checkGrants()
  const { seq, hash } = book.head
  const newIds = new Set(book.newGrants.map((grant) => grant.grantId))
  const drawnIds = new Set(book.newDraws.map((draw) => draw.grantId))
  const drawn = book.openGrants.filter((grant) => drawnIds.has(grant.grantId) && !newIds.has(grant.grantId))
  const { newTransfers: transfers, newGrants: grants, newDraws: draws } = book
  await tx.query(
    `with head as (
       update account_balances set balance = $2, held = $3, last_seq = $4, last_hash = $5 where account_id = $1
     ), posted as (
       insert into transfers (account_id, seq, kind, cause, from_bucket, to_bucket, amount, currency, balance_after, posted_at, hash)
       select $1, seq, kind, cause, from_bucket, to_bucket, amount, $6, balance_after, posted_at, decode(hash, 'hex')
         from unnest($7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::timestamptz[], $15::text[])
           as t(seq, kind, cause, from_bucket, to_bucket, amount, balance_after, posted_at, hash)
     ), granted as (
       insert into grants (account_id, grant_id, source, amount, remaining, currency, priority, expires_at, granted_at, transfer_seq)
       select $1, grant_id, source, amount, remaining, $6, priority, expires_at, granted_at, transfer_seq
         from unnest($16::uuid[], $17::text[], $18::bigint[], $19::bigint[], $20::int[], $21::timestamptz[], $22::timestamptz[], $23::bigint[])
           as g(grant_id, source, amount, remaining, priority, expires_at, granted_at, transfer_seq)
     ), burnt as (
       update grants set remaining = b.remaining
         from unnest($24::uuid[], $25::bigint[]) as b(grant_id, remaining)
        where grants.account_id = $1 and grants.grant_id = b.grant_id
     )
     insert into grant_draws (account_id, transfer_seq, grant_id, amount)
     select $1, transfer_seq, grant_id, amount
       from unnest($26::bigint[], $27::uuid[], $28::bigint[]) as d(transfer_seq, grant_id, amount)`,
    [
      book.accountId,
      book.balance.nanos,
      book.held.nanos,
      seq,
      Buffer.from(hash, 'hex'),
      book.balance.currency,
      transfers.map((t) => t.seq),
      transfers.map((t) => t.kind),
      transfers.map((t) => t.cause),
      transfers.map((t) => t.fromBucket),
      transfers.map((t) => t.toBucket),
      transfers.map((t) => t.amount.nanos),
      transfers.map((t) => t.balanceAfter.nanos),
      transfers.map((t) => t.postedAt),
      transfers.map((t) => t.hash),
      grants.map((g) => g.grantId),
      grants.map((g) => g.source),
      grants.map((g) => g.amount.nanos),
      grants.map((g) => g.remaining.nanos),
      grants.map((g) => g.priority),
      grants.map((g) => g.expiresAt),
      grants.map((g) => g.grantedAt),
      grants.map((g) => g.transferSeq),
      drawn.map((g) => g.grantId),
      drawn.map((g) => g.remaining.nanos),
      draws.map((d) => d.transferSeq),
      draws.map((d) => d.grantId),
      draws.map((d) => d.amount.nanos),
    ],
  )
}

/** The transfer that a cause already made, if it did. */
export async function findTransfer(
  tx: Tx,
  accountId: string,
  kind: TransferKind,
  cause: string,
): Promise<{ seq: bigint; amount: bigint } | null> {
  const { rows } = await tx.query<{ seq: bigint; amount: bigint }>(
    'select seq, amount from transfers where account_id = $1 and kind = $2 and cause = $3',
    [accountId, kind, cause],
  )
  return rows[0] ?? null
}

/** An account's figures without a lock. */
export async function readBalanceRow(tx: Tx, accountId: string): Promise<{ balance: Money; held: Money } | null> {
  const { rows } = await tx.query<BalanceRow>(
    'select currency, balance, held from account_balances where account_id = $1',
    [accountId],
  )
  const row = rows[0]
  return row ? { balance: money(row.balance, row.currency), held: money(row.held, row.currency) } : null
}

/** Locks the balance row without reading the grants. */
export async function lockBalanceRow(tx: Tx, accountId: string): Promise<{ balance: Money; held: Money } | null> {
  await tx.query('select 1 from account_balances where account_id = $1 for update', [accountId])
  return readBalanceRow(tx, accountId)
}

/** The empty book of a new account. Changes nothing when it is there already. */
export async function insertBalance(tx: Tx, accountId: string, currency: string): Promise<void> {
  await tx.query(
    `insert into account_balances (account_id, currency, last_hash) values ($1, $2, decode(repeat('00', 32), 'hex'))
     on conflict do nothing`,
    [accountId, currency],
  )
}
