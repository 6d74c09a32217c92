/** The ledger's only SQL. */
import { Refusal } from '@/lib/core/errors'
import { type Money, money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { plainColumn, textColumn, timeColumn } from '@/lib/edges/db/columns'
import type { GrantSource } from '../grants/rules'
import { AccountBook, type BookGrant, type PostedTransfer } from './book'
import { hashForm, type TransferKind } from './rules'

interface BalanceRow {
  account_id: string
  currency: string
  balance: bigint
  held: bigint
  last_seq: bigint
  last_hash: Buffer
  minute: Date | null
  minute_requests: number
}

interface FigureRow {
  account_id: string
  currency: string
  balance: bigint
  held: bigint
  credit_limit: bigint
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
 * Used-up grants are not read, but for those in `grantIds`, or all of them.
 * @throws Refusal `not_found` when there is no such account.
 */
export async function openBook(
  tx: Tx,
  accountId: string,
  { grantIds = [] }: { grantIds?: string[] | 'all' } = {},
): Promise<AccountBook> {
  const book = (await openBooks(tx, [accountId], { skipLocked: false, grantIds })).get(accountId)
  if (!book) throw new Refusal('not_found', { message: `There is no account ${accountId}.` })
  return book
}

/**
 * Locks the balance rows of many accounts, always in the order of their ids, and reads their books. Those without a row are
 * missing from the answer; with `skipLocked`, so are those that somebody else has locked.
 * The grants are read by a statement of their own, for it must see what the lock's last holder wrote.
 */
export async function openBooks(
  tx: Tx,
  accountIds: string[],
  { skipLocked, grantIds = [] }: { skipLocked: boolean; grantIds?: string[] | 'all' },
): Promise<Map<string, AccountBook>> {
  const ids = plainColumn(accountIds)
  const all = grantIds === 'all'
  const named = !all && grantIds.length > 0
  const [balances, grants] = await Promise.all([
    tx.query<BalanceRow>(
      `select account_id, currency, balance, held, last_seq, last_hash, minute, minute_requests
         from account_balances where account_id = any($1::uuid[]) order by account_id for update ${skipLocked ? 'skip locked' : ''}`,
      [ids],
    ),
    tx.query<GrantRow>(
      `select account_id, grant_id, source, amount, remaining, currency, priority, expires_at, granted_at, transfer_seq
         from grants where account_id = any($1::uuid[]) and ${all ? 'true' : named ? '(remaining > 0 or grant_id = any($2::uuid[]))' : 'remaining > 0'}`,
      named ? [ids, plainColumn(grantIds)] : [ids],
    ),
  ])
  const grantsOf = new Map<string, BookGrant[]>(balances.rows.map((row) => [row.account_id, []]))
  for (const row of grants.rows) grantsOf.get(row.account_id)?.push(bookGrant(row))
  return new Map(
    balances.rows.map((row) => [
      row.account_id,
      new AccountBook(
        row.account_id,
        money(row.balance, row.currency),
        money(row.held, row.currency),
        row.last_seq,
        row.last_hash.toString('hex'),
        grantsOf.get(row.account_id) ?? [],
        { minute: row.minute, requests: row.minute_requests },
      ),
    ]),
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

/** Writes everything that happened to the book since it was opened. */
export async function saveBook(tx: Tx, book: AccountBook): Promise<void> {
  await Promise.all(saveBooks(tx, [book]))
}

/**
 * Writes everything that happened to the books since they were opened: one statement for each table, sent together. Rows that
 * are there already are found by the key that they conflict with: nothing for a planner to choose (see `pinned`).
 * Returns the writes on their way.
 */
export function saveBooks(tx: Tx, opened: AccountBook[]): Promise<unknown>[] {
  const books = opened.filter((book) => book.hasChanged)
  if (books.length === 0) return []
  for (const book of books) book.checkGrants()
  const writes: Promise<unknown>[] = [
    tx.query(
      `insert into account_balances as a (account_id, currency, balance, held, last_seq, last_hash, minute, minute_requests)
       select account_id, currency, balance, held, last_seq, decode(last_hash, 'hex'), minute, minute_requests
         from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::timestamptz[], $8::int[])
           as b(account_id, currency, balance, held, last_seq, last_hash, minute, minute_requests)
       on conflict (account_id) do update set
         balance = excluded.balance, held = excluded.held, last_seq = excluded.last_seq, last_hash = excluded.last_hash,
         minute = excluded.minute, minute_requests = excluded.minute_requests`,
      [
        plainColumn(books.map((book) => book.accountId)),
        plainColumn(books.map((book) => book.balance.currency)),
        plainColumn(books.map((book) => book.balance.nanos)),
        plainColumn(books.map((book) => book.held.nanos)),
        plainColumn(books.map((book) => book.head.seq)),
        plainColumn(books.map((book) => book.head.hash)),
        timeColumn(books.map((book) => book.requests.minute)),
        plainColumn(books.map((book) => book.requests.requests)),
      ],
    ),
  ]
  const transfers = books.flatMap((book) => book.newTransfers)
  if (transfers.length > 0) writes.push(insertTransfers(tx, transfers))
  const grants = books.flatMap((book) => book.touchedGrants.map((grant) => ({ ...grant, accountId: book.accountId })))
  if (grants.length > 0) writes.push(saveGrants(tx, grants))
  const draws = books.flatMap((book) => book.newDraws.map((draw) => ({ ...draw, accountId: book.accountId })))
  if (draws.length > 0) writes.push(insertDraws(tx, draws))
  return writes
}

const insertTransfers = (tx: Tx, transfers: readonly PostedTransfer[]): Promise<unknown> =>
  tx.query(
    `insert into transfers (account_id, seq, kind, cause, from_bucket, to_bucket, amount, currency, balance_after, posted_at, hash, hash_form)
     select account_id, seq, kind, cause, from_bucket, to_bucket, amount, currency, balance_after, posted_at, decode(hash, 'hex'), ${hashForm}
       from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[],
                   $9::bigint[], $10::timestamptz[], $11::text[])
         as t(account_id, seq, kind, cause, from_bucket, to_bucket, amount, currency, balance_after, posted_at, hash)`,
    [
      plainColumn(transfers.map((t) => t.accountId)),
      plainColumn(transfers.map((t) => t.seq)),
      plainColumn(transfers.map((t) => t.kind)),
      textColumn(transfers.map((t) => t.cause)),
      plainColumn(transfers.map((t) => t.fromBucket)),
      plainColumn(transfers.map((t) => t.toBucket)),
      plainColumn(transfers.map((t) => t.amount.nanos)),
      plainColumn(transfers.map((t) => t.amount.currency)),
      plainColumn(transfers.map((t) => t.balanceAfter.nanos)),
      timeColumn(transfers.map((t) => t.postedAt)),
      plainColumn(transfers.map((t) => t.hash)),
    ],
  )

/** New grants, and what is left of the others. */
const saveGrants = (tx: Tx, grants: (BookGrant & { accountId: string })[]): Promise<unknown> =>
  tx.query(
    `insert into grants (account_id, grant_id, source, amount, remaining, currency, priority, expires_at, first_expires_at, granted_at, transfer_seq)
     select account_id, grant_id, source, amount, remaining, currency, priority, expires_at, expires_at, granted_at, transfer_seq
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::int[], $8::timestamptz[],
                   $9::timestamptz[], $10::bigint[])
         as g(account_id, grant_id, source, amount, remaining, currency, priority, expires_at, granted_at, transfer_seq)
     on conflict (account_id, grant_id) do update set
       remaining = excluded.remaining, is_over = grants.is_over and excluded.remaining = 0`,
    [
      plainColumn(grants.map((g) => g.accountId)),
      plainColumn(grants.map((g) => g.grantId)),
      plainColumn(grants.map((g) => g.source)),
      plainColumn(grants.map((g) => g.amount.nanos)),
      plainColumn(grants.map((g) => g.remaining.nanos)),
      plainColumn(grants.map((g) => g.amount.currency)),
      plainColumn(grants.map((g) => g.priority)),
      timeColumn(grants.map((g) => g.expiresAt)),
      timeColumn(grants.map((g) => g.grantedAt)),
      plainColumn(grants.map((g) => g.transferSeq)),
    ],
  )

const insertDraws = (
  tx: Tx,
  draws: { accountId: string; transferSeq: bigint; grantId: string; amount: Money }[],
): Promise<unknown> =>
  tx.query(
    `insert into grant_draws (account_id, transfer_seq, grant_id, amount)
     select account_id, transfer_seq, grant_id, amount
       from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bigint[]) as d(account_id, transfer_seq, grant_id, amount)`,
    [
      plainColumn(draws.map((d) => d.accountId)),
      plainColumn(draws.map((d) => d.transferSeq)),
      plainColumn(draws.map((d) => d.grantId)),
      plainColumn(draws.map((d) => d.amount.nanos)),
    ],
  )

/** The transfer that a cause already made, if it did. Of credit only: usage is known by its events. */
export async function findTransfer(
  tx: Tx,
  accountId: string,
  kind: Exclude<TransferKind, 'usage'>,
  cause: string,
): Promise<{ seq: bigint; amount: bigint } | null> {
  const { rows } = await tx.query<{ seq: bigint; amount: bigint }>(
    // Said twice, so that the index of causes applies: it leaves usage out.
    `select seq, amount from transfers where account_id = $1 and kind = $2 and kind <> 'usage' and cause = $3`,
    [accountId, kind, cause],
  )
  return rows[0] ?? null
}

const present = `(select statement_timestamp() + offset_ms * interval '1 millisecond' from clock where id = 1)`

/**
 * What is expired of a balance row `b` though nobody has posted it yet: as much as the next decision about the account will
 * expire (AccountBook.expireDue), so that what is shown is what can be used.
 */
const expiredNow = `least(greatest(b.balance - b.held, 0),
  (select coalesce(sum(g.remaining), 0)::bigint from grants g
    where g.account_id = b.account_id and g.expires_at <= ${present} and not g.is_over))`

/** What a new request may use, of a balance row `b`. */
export const availableColumn = `b.balance - b.held - ${expiredNow}`

const figures = `b.account_id, b.currency, b.balance - ${expiredNow} as balance, b.held,
  (select a.credit_limit from accounts a where a.account_id = b.account_id) as credit_limit`

/** What an account has, holds, and may use beyond it by contract. */
export interface BalanceFigures {
  balance: Money
  held: Money
  creditLimit: Money
}

const readFigures = (row: FigureRow): BalanceFigures => ({
  balance: money(row.balance, row.currency),
  held: money(row.held, row.currency),
  creditLimit: money(row.credit_limit, row.currency),
})

/** An account's figures without a lock. */
export async function readBalanceRow(tx: Tx, accountId: string): Promise<BalanceFigures | null> {
  const { rows } = await tx.query<FigureRow>(`select ${figures} from account_balances b where b.account_id = $1`, [
    accountId,
  ])
  return rows[0] ? readFigures(rows[0]) : null
}

/** The same of many accounts. */
export async function readBalanceRows(tx: Tx, accountIds: string[]): Promise<Map<string, BalanceFigures>> {
  const { rows } = await tx.query<FigureRow>(
    `select ${figures} from account_balances b where b.account_id = any($1::uuid[])`,
    [plainColumn(accountIds)],
  )
  return new Map(rows.map((row) => [row.account_id, readFigures(row)]))
}

/** Locks the balance row without reading the grants. */
export async function lockBalanceRow(tx: Tx, accountId: string): Promise<BalanceFigures | null> {
  await tx.query('select 1 from account_balances where account_id = $1 for update', [accountId])
  return readBalanceRow(tx, accountId)
}

/** When the account's latest usage was charged; null: it has none. */
export async function readLatestCharge(tx: Tx, accountId: string): Promise<Date | null> {
  const { rows } = await tx.query<{ posted_at: Date }>(
    `select posted_at from transfers where account_id = $1 and kind = 'usage' order by seq desc limit 1`,
    [accountId],
  )
  return rows[0]?.posted_at ?? null
}

/** The empty book of a new account. Changes nothing when it is there already. */
export async function insertBalance(tx: Tx, accountId: string, currency: string): Promise<void> {
  await tx.query(
    `insert into account_balances (account_id, currency, last_hash) values ($1, $2, decode(repeat('00', 32), 'hex'))
     on conflict do nothing`,
    [accountId, currency],
  )
}
