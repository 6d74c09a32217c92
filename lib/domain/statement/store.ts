/** What the statement, the proof and the exports read. They write nothing. */
import { inTransaction, query } from '@/lib/edges/db'
import type { GrantSource } from '../grants/rules'
import type { TransferKind } from '../ledger/rules'
import type { ProofTransfer } from './proof/rules'

export interface BookHead {
  currency: string
  balance: bigint
  seq: bigint
  hash: string
  /** In the order in which they came, with what is left of them. */
  grants: HeadGrant[]
}

export interface HeadGrant {
  grantId: string
  source: GrantSource
  amount: bigint
  left: bigint
  expiresAt: Date | null
  grantedAt: Date
  transferSeq: bigint
}

interface GrantRow {
  grant_id: string
  source: GrantSource
  amount: bigint
  currency: string
  priority: number
  remaining: bigint
  expires_at: Date | null
  first_expires_at: Date | null
  granted_at: Date
  transfer_seq: bigint
}

/** The balance, the head of the chain and the grants of one moment; null when there is no such account. */
export function readBookHead(accountId: string): Promise<BookHead | null> {
  return inTransaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read read only')
    const [balances, grants] = await Promise.all([
      tx.query<{ currency: string; balance: bigint; last_seq: bigint; hash: string }>(
        `select currency, balance, last_seq, encode(last_hash, 'hex') as hash from account_balances where account_id = $1`,
        [accountId],
      ),
      tx.query<GrantRow>(
        `select grant_id, source, amount, remaining, expires_at, granted_at, transfer_seq
           from grants where account_id = $1 order by transfer_seq`,
        [accountId],
      ),
    ])
    const row = balances.rows[0]
    if (!row) return null
    return {
      currency: row.currency,
      balance: row.balance,
      seq: row.last_seq,
      hash: row.hash,
      grants: grants.rows.map((grant) => ({
        grantId: grant.grant_id,
        source: grant.source,
        amount: grant.amount,
        left: grant.remaining,
        expiresAt: grant.expires_at,
        grantedAt: grant.granted_at,
        transferSeq: grant.transfer_seq,
      })),
    }
  })
}

interface TransferRow {
  seq: bigint
  kind: string
  cause: string
  from_bucket: string
  to_bucket: string
  amount: bigint
  currency: string
  balance_after: bigint
  posted_at: Date
  hash: string
  hash_form: number
}

interface DrawRow {
  transfer_seq: bigint
  grant_id: string
  amount: bigint
}

/** The transfers with these numbers, both included, with the grant that each brought and what it drew, as the proof writes them. */
export async function readHistory(accountId: string, from: bigint, to: bigint): Promise<ProofTransfer[]> {
  const range = [accountId, from, to]
  const [transfers, grants, draws] = await Promise.all([
    query<TransferRow>(
      `select seq, kind, cause, from_bucket, to_bucket, amount, currency, balance_after, posted_at, encode(hash, 'hex') as hash, hash_form
         from transfers where account_id = $1 and seq between $2 and $3 order by seq`,
      range,
    ),
    query<GrantRow>(
      `select grant_id, source, amount, currency, priority, granted_at, first_expires_at, transfer_seq
         from grants where account_id = $1 and transfer_seq between $2 and $3`,
      range,
    ),
    query<DrawRow>(
      `select transfer_seq, grant_id, amount from grant_draws
        where account_id = $1 and transfer_seq between $2 and $3 order by transfer_seq, grant_id`,
      range,
    ),
  ])
  const grantOf = new Map(grants.map((grant) => [grant.transfer_seq, grant]))
  const drawsOf = new Map<bigint, ProofTransfer['draws']>()
  for (const draw of draws) {
    const own = drawsOf.get(draw.transfer_seq) ?? []
    own.push({ grant: draw.grant_id, amount: draw.amount.toString() })
    drawsOf.set(draw.transfer_seq, own)
  }
  return transfers.map((t) => {
    const grant = grantOf.get(t.seq)
    const isBound = t.hash_form === 2
    return {
      ...(isBound ? { form: 2 } : {}),
      seq: Number(t.seq),
      kind: t.kind,
      cause: t.cause,
      from: t.from_bucket,
      to: t.to_bucket,
      amount: t.amount.toString(),
      currency: t.currency,
      balance: t.balance_after.toString(),
      at: t.posted_at.toISOString(),
      hash: t.hash,
      grant: grant
        ? {
            id: grant.grant_id,
            source: grant.source,
            amount: grant.amount.toString(),
            currency: grant.currency,
            priority: grant.priority,
            granted: grant.granted_at.toISOString(),
            ...(isBound ? { expires: grant.first_expires_at?.toISOString() ?? null } : {}),
          }
        : null,
      draws: drawsOf.get(t.seq) ?? [],
    }
  })
}

/** Numbers read at a time: some hundred kilobytes. */
const numbersAtOnce = 1000n

/** The history up to a number, in parts. Transfers are never changed, so no lock and no long transaction is needed. */
export async function* historyUpTo(accountId: string, last: bigint, first = 1n): AsyncGenerator<ProofTransfer[]> {
  for (let from = first; from <= last; from += numbersAtOnce) {
    const to = from + numbersAtOnce - 1n
    yield await readHistory(accountId, from, to < last ? to : last)
  }
}

/**
 * The number of the last transfer posted at an instant or before; 0 when none was. Times follow the numbers but for what the
 * clocks of several machines differ by, so a search by halves finds the place, and a look at what follows it the last one.
 */
export async function readSeqAt(accountId: string, at: Date): Promise<bigint> {
  const [found] = await query<{ seq: bigint }>(
    `with recursive search as (
       select 0::bigint as low, last_seq + 1 as high from account_balances where account_id = $1
       union all
       select case when is_before then middle else low end, case when is_before then high else middle end
         from (select low, high, (low + high) / 2 as middle,
                      coalesce((select posted_at <= $2 from transfers where account_id = $1 and seq = (low + high) / 2), false) as is_before
                 from search where high - low > 1) halves)
     select low as seq from search order by high - low limit 1`,
    [accountId, at],
  )
  const low = found?.seq ?? 0n
  const [later] = await query<{ seq: bigint | null }>(
    'select max(seq) as seq from transfers where account_id = $1 and seq > $2 and seq <= $2 + 500 and posted_at <= $3',
    [accountId, low, at],
  )
  return later?.seq ?? low
}

/** The balance after a transfer; nothing before the first. */
export async function readBalanceAfter(accountId: string, seq: bigint): Promise<bigint> {
  if (seq <= 0n) return 0n
  const [row] = await query<{ balance_after: bigint }>(
    'select balance_after from transfers where account_id = $1 and seq = $2',
    [accountId, seq],
  )
  return row?.balance_after ?? 0n
}

/** The balance right before an instant. */
export const readBalanceBefore = async (accountId: string, at: Date): Promise<bigint> =>
  readBalanceAfter(accountId, await readSeqAt(accountId, new Date(at.getTime() - 1)))

/** What the transfers after one number and up to another add up to, by kind; without usage, which may be millions. */
export async function readTotals(
  accountId: string,
  after: bigint,
  upTo: bigint,
): Promise<{ kind: TransferKind; count: number; nanos: bigint }[]> {
  const rows = await query<{ kind: TransferKind; count: bigint; nanos: bigint }>(
    `select kind, count(*) as count, sum(amount)::bigint as nanos from transfers
      where account_id = $1 and kind <> 'usage' and seq > $2 and seq <= $3 group by kind`,
    [accountId, after, upTo],
  )
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}

export interface MovementRow {
  seq: bigint
  kind: TransferKind
  cause: string
  amount: bigint
  currency: string
  balanceAfter: bigint
  postedAt: Date
}

/** Movements with numbers between the two (neither included), newest or oldest first. */
export async function readMovements(
  accountId: string,
  {
    above,
    below,
    kinds,
    order,
    limit,
  }: { above: bigint; below: bigint; kinds: TransferKind[]; order: 'newest' | 'oldest'; limit: number },
): Promise<MovementRow[]> {
  const columns = 'seq, kind, cause, amount, currency, balance_after, posted_at'
  const isWithoutUsage = kinds.length > 0 && !kinds.includes('usage')
  // Rare kinds are taken together by the index that leaves usage out: looking for them along the numbers could pass millions.
  const from = isWithoutUsage
    ? `(select * from rare) t where seq > $2 and seq < $3`
    : `transfers where account_id = $1 and seq > $2 and seq < $3 ${kinds.length > 0 ? 'and kind = any($5)' : ''}`
  const rows = await query<TransferRow>(
    `${
      isWithoutUsage
        ? `with rare as materialized (
             select ${columns} from transfers where account_id = $1 and kind <> 'usage' and kind = any($5))`
        : ''
    }
     select ${columns} from ${from} order by seq ${order === 'newest' ? 'desc' : 'asc'} limit $4`,
    [accountId, above, below, limit, ...(kinds.length === 0 ? [] : [kinds])],
  )
  return rows.map((row) => ({
    seq: row.seq,
    kind: row.kind as TransferKind,
    cause: row.cause,
    amount: row.amount,
    currency: row.currency,
    balanceAfter: row.balance_after,
    postedAt: row.posted_at,
  }))
}

/**
 * What each grant had given up to a transfer, this one included, counted from the draws of the shorter side: those up to it, or
 * those after it (the draws of all time are the amount less what is left).
 */
export async function readDrawn(accountId: string, upTo: bigint, head: BookHead): Promise<Map<string, bigint>> {
  const isEarly = upTo * 2n < head.seq
  const rows = await query<{ grant_id: string; drawn: bigint }>(
    `select grant_id, sum(amount)::bigint as drawn from grant_draws
      where account_id = $1 and transfer_seq ${isEarly ? '<=' : '>'} $2 ${isEarly ? '' : 'and transfer_seq <= $3'} group by grant_id`,
    isEarly ? [accountId, upTo] : [accountId, upTo, head.seq],
  )
  const counted = new Map(rows.map((row) => [row.grant_id, row.drawn]))
  if (isEarly) return counted
  return new Map(head.grants.map((g) => [g.grantId, g.amount - g.left - (counted.get(g.grantId) ?? 0n)]))
}

/** The purchases, or the invoices, whose payments are behind refunds and disputes, by their ids. */
export async function readPaymentsBehind(
  accountId: string,
  ids: string[],
): Promise<Map<string, { purchaseId: string } | { invoiceId: string }>> {
  if (ids.length === 0) return new Map()
  const rows = await query<{ id: string; purchase_id: string; is_of_invoice: boolean }>(
    `select c.id, c.purchase_id, p.origin = 'invoice' as is_of_invoice
       from (select refund_id as id, purchase_id from refunds where account_id = $1 and refund_id = any($2::uuid[])
             union all select dispute_id, purchase_id from disputes where account_id = $1 and dispute_id = any($2::uuid[])) c
       join purchases p on p.account_id = $1 and p.purchase_id = c.purchase_id`,
    [accountId, ids],
  )
  return new Map(
    rows.map(({ id, purchase_id: paid, is_of_invoice: isOfInvoice }) => [
      id,
      isOfInvoice ? { invoiceId: paid } : { purchaseId: paid },
    ]),
  )
}

export interface EventRow {
  eventKey: string
  eventId: string | null
  model: string
  inputTokens: number
  cachedInputTokens: number
  outputTokens: number
  amount: bigint
  at: Date
}

/** The events that a transfer of usage charged, in the order of their keys, after one of them. */
export async function readEventsOf(
  accountId: string,
  { seq, postedAt }: { seq: bigint; postedAt: Date },
  { after, limit }: { after: string | null; limit: number },
): Promise<EventRow[]> {
  const rows = await query<{
    event_key: string
    event_id: string | null
    model: string
    input_tokens: number
    cached_input_tokens: number
    output_tokens: number
    amount: bigint
    at: Date
  }>(
    `select event_key, event_id, model, input_tokens, cached_input_tokens, output_tokens, amount, coalesce(occurred_at, recorded_at) as at
       from usage_events
      where account_id = $1 and month = date_trunc('month', $2::timestamptz at time zone 'UTC')::date and recorded_at = $2
        and transfer_seq = $3 and ($4::uuid is null or event_key > $4)
      order by event_key limit $5`,
    [accountId, postedAt, seq, after, limit],
  )
  return rows.map((row) => ({
    eventKey: row.event_key,
    eventId: row.event_id,
    model: row.model,
    inputTokens: row.input_tokens,
    cachedInputTokens: row.cached_input_tokens,
    outputTokens: row.output_tokens,
    amount: row.amount,
    at: row.at,
  }))
}

/** What a printed statement is headed with. */
export async function readAccountOf(accountId: string): Promise<{ name: string } | null> {
  const [row] = await query<{ name: string }>(
    `select case when billing_name <> '' then billing_name else name end as name from accounts where account_id = $1`,
    [accountId],
  )
  return row ?? null
}

/** Account ids in order, after one of them. */
export async function readAccountIds(after: string | null, limit: number): Promise<string[]> {
  const rows = await query<{ account_id: string }>(
    'select account_id from account_balances where ($1::uuid is null or account_id > $1) order by account_id limit $2',
    [after, limit],
  )
  return rows.map((row) => row.account_id)
}
