/** What an explanation reads: one event, the transfer that charged it, and what that drew on. */
import { query } from '@/lib/edges/db'
import type { GrantSource } from '../../grants/rules'
import type { TransferKind } from '../../ledger/rules'
import type { TokenClass } from '../../prices/rules'
import { type EventRow, eventColumns } from '../explorer/store'
import type { Charged, Repayment } from './rules'

/** An event by its key, in whichever month it is. */
export async function readEvent(accountId: string, eventKey: string): Promise<EventRow | null> {
  const rows = await query<EventRow>(
    `select ${eventColumns} from usage_events e where e.account_id = $1 and e.event_key = $2 order by e.month limit 1`,
    [accountId, eventKey],
  )
  return rows[0] ?? null
}

export interface TransferRow {
  seq: bigint
  kind: TransferKind
  cause: string
  amount: bigint
  balanceAfter: bigint
  postedAt: Date
}

export async function readTransfer(accountId: string, seq: bigint): Promise<TransferRow | null> {
  const rows = await query<TransferRow>(
    `select seq, kind, cause, amount, balance_after as "balanceAfter", posted_at as "postedAt"
       from transfers where account_id = $1 and seq = $2`,
    [accountId, seq],
  )
  return rows[0] ?? null
}

/** The events that a transfer charged. They are recorded at the instant at which it is posted. */
export async function readChargedEvents(
  accountId: string,
  { seq, postedAt, amount }: TransferRow,
): Promise<EventRow[]> {
  const atOnce = await query<EventRow>(
    `select ${eventColumns} from usage_events e
      where e.account_id = $1 and e.recorded_at = $2 and e.month = date_trunc('month', $2::timestamptz at time zone 'UTC')::date
        and e.transfer_seq = $3 order by e.event_key`,
    [accountId, postedAt, seq],
  )
  if (atOnce.reduce((total, event) => total + event.amount, 0n) === amount) return atOnce
  // Usage of the time before lanes may carry other instants.
  return query<EventRow>(
    `select ${eventColumns} from usage_events e where e.account_id = $1 and e.transfer_seq = $2
        and e.month between (date_trunc('month', $3::timestamptz at time zone 'UTC') - interval '1 month')::date and ($3::timestamptz at time zone 'UTC')::date
      order by e.event_key`,
    [accountId, seq, postedAt],
  )
}

export const chargedOf = (events: EventRow[]): Charged[] =>
  events.map(({ eventKey, amount }) => ({ eventKey, nanos: amount }))

/** A grant with the purchase that brought it, if one did. */
export interface GrantRow {
  grantId: string
  source: GrantSource
  grantedAt: Date
  transferSeq: bigint
  purchaseId: string | null
  isGift: boolean | null
  paidAt: Date | null
  receiptUrl: string | null
  receiptNumber: string | null
  invoicePdfUrl: string | null
  invoiceNumber: string | null
}

const grantColumns = `g.grant_id as "grantId", g.source, g.granted_at as "grantedAt", g.transfer_seq as "transferSeq",
  p.purchase_id as "purchaseId", p.gift_grant_id = g.grant_id as "isGift", p.paid_at as "paidAt", p.receipt_url as "receiptUrl",
  p.receipt_number as "receiptNumber", p.invoice_pdf_url as "invoicePdfUrl", p.invoice_number as "invoiceNumber"`

const purchaseJoin = `left join lateral (
    select * from purchases p where p.account_id = g.account_id and p.origin <> 'invoice' and (p.grant_id = g.grant_id or p.gift_grant_id = g.grant_id) limit 1
  ) p on true`

/** What a transfer took of grants: the oldest grant first, an order that never changes. */
export async function readDraws(accountId: string, seq: bigint): Promise<(GrantRow & { nanos: bigint })[]> {
  return query<GrantRow & { nanos: bigint }>(
    `select ${grantColumns}, d.amount as nanos
       from grant_draws d join grants g on g.account_id = d.account_id and g.grant_id = d.grant_id ${purchaseJoin}
      where d.account_id = $1 and d.transfer_seq = $2 order by g.granted_at, g.grant_id`,
    [accountId, seq],
  )
}

export interface RepaymentRow extends Repayment {
  kind: TransferKind
  postedAt: Date
}

/** Credit that came after a transfer while the balance was below zero, with how much of the debt it paid; oldest first. */
export async function readRepayments(accountId: string, afterSeq: bigint): Promise<RepaymentRow[]> {
  return query<RepaymentRow>(
    `select seq, kind, posted_at as "postedAt", least(amount, amount - balance_after)::bigint as nanos
       from transfers
      where account_id = $1 and kind <> 'usage' and to_bucket = 'credit' and seq > $2 and balance_after - amount < 0 order by seq`,
    [accountId, afterSeq],
  )
}

/** The grants that these transfers brought, by the transfer. */
export async function readGrantsOf(accountId: string, seqs: bigint[]): Promise<Map<bigint, GrantRow>> {
  if (seqs.length === 0) return new Map()
  const rows = await query<GrantRow>(
    `select ${grantColumns} from grants g ${purchaseJoin} where g.account_id = $1 and g.transfer_seq = any($2::bigint[])`,
    [accountId, seqs.map(String)],
  )
  return new Map(rows.map((row) => [row.transferSeq, row]))
}

export interface PriceRow {
  tokenClass: TokenClass
  effectiveFrom: Date
  perMillion: bigint
  currency: string
}

/** The prices of a model that were in force at an instant. */
export async function readPricesAt(model: string, at: Date): Promise<Map<TokenClass, PriceRow>> {
  const rows = await query<PriceRow>(
    `select distinct on (token_class) token_class as "tokenClass", effective_from as "effectiveFrom", per_million as "perMillion", currency
       from prices where model = $1 and effective_from <= $2 order by token_class, effective_from desc`,
    [model, at],
  )
  return new Map(rows.map((row) => [row.tokenClass, row]))
}

export interface CountedBudget {
  budgetId: string
  scope: 'account' | 'key' | 'member'
  subjectId: string | null
  window: 'daily' | 'weekly' | 'monthly' | 'lifetime'
  limit: bigint | null
  period: string
  startsAt: Date
  endsAt: Date
  timeZone: string
  spent: bigint
}

/** The caps and budgets whose period an event counted in: the account's, its key's and its member's. */
export async function readCountedBudgets(
  accountId: string,
  { recordedAt, keyId, memberId }: Pick<EventRow, 'recordedAt' | 'keyId' | 'memberId'>,
): Promise<CountedBudget[]> {
  return query<CountedBudget>(
    `select b.budget_id as "budgetId", b.scope, b.subject_id as "subjectId", b."window", b.limit_amount as limit, p.period,
            p.starts_at as "startsAt", p.ends_at as "endsAt", p.time_zone as "timeZone", p.spent
       from budgets b join budget_periods p on p.account_id = b.account_id and p.budget_id = b.budget_id
      where b.account_id = $1 and p.starts_at <= $2 and p.ends_at > $2
        and (b.scope = 'account' or (b.scope = 'key' and b.subject_id = $3) or (b.scope = 'member' and b.subject_id = $4))
      order by array_position(array['account', 'member', 'key'], b.scope), array_position(array['lifetime', 'monthly', 'weekly', 'daily'], b."window")`,
    [accountId, recordedAt, keyId, memberId],
  )
}

/** The name of an account's key or member; null where there is none. */
export async function readSubjectName(accountId: string, { scope, subjectId }: CountedBudget): Promise<string | null> {
  if (scope === 'account' || !subjectId) return null
  const [row] = await query<{ name: string }>(
    scope === 'key'
      ? 'select name from api_keys where key_id = $1 and account_id = $2'
      : 'select coalesce(u.name, u.email) as name from users u where u.id = $1 and $2::uuid is not null',
    [subjectId, accountId],
  )
  return row?.name ?? null
}
