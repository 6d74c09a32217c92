import { newId } from '@/lib/core/ids'
import { cents, type Money, money } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import type { BookedInvoice } from './compare-invoice'
import type { Position } from './position'
import type { BookedPurchase, Finding, FindingKind, FindingState } from './rules'

export type ReportState = 'waiting' | 'running' | 'finished' | 'failed'

/** How many of each were compared, and what came of it. */
export interface Counts {
  payments: number
  refunds: number
  disputes: number
  balanceTransactions: number
  purchases: number
  /** Objects of other programs that share the Stripe account. */
  foreign: number
  open: number
  healed: number
  known: number
}

/** Sums of one currency over what was compared. Amounts are decimal strings. */
export interface Totals {
  currency: string
  stripe: { charged: string; refunded: string; withdrawn: string; net: string }
  books: { charged: string; refunded: string; withdrawn: string; net: string; tax: string; discount: string }
  /** The payments bucket: what it must have by what Stripe says, and what it has. */
  ledger: { expected: string; posted: string }
}

export interface Report {
  reportId: string
  startedBy: string
  state: ReportState
  failure: string | null
  since: Date | null
  startedAt: Date
  finishedAt: Date | null
  counts: Counts
  totals: Totals[]
}

export interface StoredFinding extends Finding {
  findingId: string
  reportId: string
  state: FindingState
  foundAt: Date
  resolvedAt: Date | null
}

const reportColumns = `report_id as "reportId", started_by as "startedBy", state, failure, since, started_at as "startedAt",
  finished_at as "finishedAt", counts, totals`

export async function insertReport(
  tx: Tx,
  report: { reportId: string; startedBy: string; state: ReportState; since: Date | null; counts: Counts; at: Date },
): Promise<void> {
  await tx.query(
    `insert into drift_reports (report_id, started_by, state, since, started_at, counts, totals)
     values ($1, $2, $3, $4, $5, $6, '[]')`,
    [report.reportId, report.startedBy, report.state, report.since, report.at, JSON.stringify(report.counts)],
  )
}

/** Takes a waiting report, or one whose run died, to be run; null when it is finished already. */
export async function beginReport(tx: Tx, reportId: string): Promise<Report | null> {
  const { rows } = await tx.query<Report>(
    `update drift_reports set state = 'running' where report_id = $1 and state in ('waiting', 'running')
     returning ${reportColumns}`,
    [reportId],
  )
  return rows[0] ?? null
}

export async function endReport(
  tx: Tx,
  report: { reportId: string; counts: Counts; totals: Totals[]; failure: string | null; at: Date },
): Promise<void> {
  await tx.query(
    `update drift_reports set state = $2, failure = $3, finished_at = $4, counts = $5, totals = $6 where report_id = $1`,
    [
      report.reportId,
      report.failure === null ? 'finished' : 'failed',
      report.failure,
      report.at,
      JSON.stringify(report.counts),
      JSON.stringify(report.totals),
    ],
  )
}

export async function findReport(tx: Tx, reportId: string): Promise<Report | null> {
  const { rows } = await tx.query<Report>(`select ${reportColumns} from drift_reports where report_id = $1`, [reportId])
  return rows[0] ?? null
}

/** The newest reports first. */
export async function readReports(tx: Tx, limit: number): Promise<Report[]> {
  const { rows } = await tx.query<Report>(
    `select ${reportColumns} from drift_reports order by started_at desc, report_id desc limit $1`,
    [limit],
  )
  return rows
}

interface FindingRow extends Omit<StoredFinding, 'atStripe' | 'inBooks'> {
  currency: string
  atStripe: bigint | null
  inBooks: bigint | null
}

const findingColumns = `finding_id as "findingId", report_id as "reportId", kind, state, about_account_id as "accountId",
  purchase_id as "purchaseId", payment_intent_id as "paymentIntentId", object_id as "objectId", currency,
  at_stripe as "atStripe", in_books as "inBooks", sentence, found_at as "foundAt", resolved_at as "resolvedAt"`

function findingOf({ currency, atStripe, inBooks, ...row }: FindingRow): StoredFinding {
  const amountOf = (nanos: bigint | null): Money | null => (nanos === null ? null : money(nanos, currency))
  return { ...row, atStripe: amountOf(atStripe), inBooks: amountOf(inBooks) }
}

export async function insertFinding(
  tx: Tx,
  { reportId, finding, state, at }: { reportId: string; finding: Finding; state: FindingState; at: Date },
): Promise<void> {
  await tx.query(
    `insert into drift_findings (report_id, finding_id, kind, state, about_account_id, purchase_id, payment_intent_id,
                                 object_id, currency, at_stripe, in_books, sentence, found_at, resolved_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      reportId,
      newId(),
      finding.kind,
      state,
      finding.accountId,
      finding.purchaseId,
      finding.paymentIntentId,
      finding.objectId,
      finding.atStripe?.currency ?? finding.inBooks?.currency ?? 'usd',
      finding.atStripe?.nanos ?? null,
      finding.inBooks?.nanos ?? null,
      finding.sentence,
      at,
      state === 'healed' ? at : null,
    ],
  )
}

/** A report's findings, those that wait for a person first. */
export async function readFindings(tx: Tx, reportId: string, limit: number): Promise<StoredFinding[]> {
  const { rows } = await tx.query<FindingRow>(
    `select ${findingColumns} from drift_findings where report_id = $1
      order by array_position(array['open', 'known', 'healed'], state), kind, finding_id limit $2`,
    [reportId, limit],
  )
  return rows.map(findingOf)
}

/** How many findings wait for a person, by kind. */
export async function countUnresolved(tx: Tx): Promise<{ kind: FindingKind; count: bigint }[]> {
  const { rows } = await tx.query<{ kind: FindingKind; count: bigint }>(
    `select kind, count(*) as count from drift_findings where resolved_at is null and state = 'open' group by kind order by kind`,
  )
  return rows
}

/** When the latest run that came to its end began; null when none ever did. */
export async function readLatestFinished(tx: Tx): Promise<Date | null> {
  const { rows } = await tx.query<{ at: Date | null }>(
    "select max(started_at) as at from drift_reports where state = 'finished'",
  )
  return rows[0]?.at ?? null
}

/** Payments, or purchases without one, with findings of earlier reports that nothing has resolved; a page of them. */
export async function readUnresolved(
  tx: Tx,
  { reportId, after, limit }: { reportId: string; after: string | null; limit: number },
): Promise<
  { findingId: string; paymentIntentId: string | null; accountId: string | null; purchaseId: string | null }[]
> {
  const { rows } = await tx.query<{
    findingId: string
    paymentIntentId: string | null
    accountId: string | null
    purchaseId: string | null
  }>(
    `select finding_id as "findingId", payment_intent_id as "paymentIntentId", about_account_id as "accountId",
            purchase_id as "purchaseId"
       from drift_findings where resolved_at is null and report_id <> $1 and ($2::uuid is null or finding_id > $2)
      order by finding_id limit $3`,
    [reportId, after, limit],
  )
  return rows
}

/** Ends what earlier reports left open: whatever is still so stands in this report anew. */
export async function resolveEarlier(tx: Tx, reportId: string, isComplete: boolean, at: Date): Promise<void> {
  await tx.query(
    `update drift_findings set resolved_at = $2
      where resolved_at is null and report_id <> $1 and ($3 or kind not in ('account_total_differs', 'balance_transaction_differs'))`,
    [reportId, at, isComplete],
  )
}

interface BookedRow {
  accountId: string
  purchaseId: string
  origin: string
  state: string
  paymentIntentId: string | null
  livemode: boolean
  currency: string
  subtotalCents: bigint | null
  discountCents: bigint | null
  taxCents: bigint | null
  totalCents: bigint | null
  credited: bigint
  takenByRefunds: bigint
  takenByDisputes: bigint
  frozen: bigint
  refunds: { refundId: string; stripeRefundId: string | null; state: string; cents: string }[]
  disputes: { disputeId: string; stripeDisputeId: string; status: string; withdrawn: string }[]
  attemptState: string | null
}

/** Transfers of one kind for the movements of a refund or dispute, found by their causes. */
const moved = (kind: string, what: 'refund' | 'dispute', row: string) =>
  `coalesce((select sum(t.amount) from generate_series(1, ${row}.movements) n
     join transfers t on t.account_id = ${row}.account_id and t.kind = '${kind}'
      and t.cause = '${what}:' || ${row}.${what}_id || '/' || n), 0)`

const bookedPurchase = `
  select p.account_id as "accountId", p.purchase_id as "purchaseId", p.origin, p.state,
         p.payment_intent_id as "paymentIntentId", p.livemode, p.currency, p.subtotal_cents as "subtotalCents",
         p.discount_cents as "discountCents", p.tax_cents as "taxCents", p.total_cents as "totalCents",
         coalesce(case when p.origin = 'invoice' then
            (select sum(t.amount) from transfers t where t.account_id = p.account_id
                and t.kind = 'invoice_payment' and t.cause = 'invoice:' || p.purchase_id)
          else
            (select sum(t.amount) from transfers t where t.account_id = p.account_id
                and t.kind in ('purchase', 'auto_top_up') and t.cause = 'purchase:' || p.purchase_id)
          end, 0)::bigint as credited,
         r.taken::bigint as "takenByRefunds", d.taken::bigint as "takenByDisputes", d.frozen::bigint as frozen,
         r.rows as refunds, d.rows as disputes,
         (select a.state from auto_top_up_attempts a where a.account_id = p.account_id and a.purchase_id = p.purchase_id
           order by a.created_at desc limit 1) as "attemptState"
    from purchases p
    cross join lateral (
      select coalesce(sum(${moved('refund', 'refund', 'f')} - ${moved('refund_reversed', 'refund', 'f')}), 0) as taken,
             coalesce(json_agg(json_build_object('refundId', f.refund_id, 'stripeRefundId', f.stripe_refund_id,
               'state', f.state, 'cents', f.amount_cents::text)), '[]') as rows
        from refunds f where f.account_id = p.account_id and f.purchase_id = p.purchase_id) r
    cross join lateral (
      select coalesce(sum(${moved('dispute_lost', 'dispute', 'g')} - ${moved('dispute_won_back', 'dispute', 'g')}), 0) as taken,
             coalesce(sum(${moved('dispute_frozen', 'dispute', 'g')} - ${moved('dispute_released', 'dispute', 'g')}), 0) as frozen,
             coalesce(json_agg(json_build_object('disputeId', g.dispute_id, 'stripeDisputeId', g.stripe_dispute_id,
               'status', g.status, 'withdrawn', g.withdrawn_cents::text)), '[]') as rows
        from disputes g where g.account_id = p.account_id and g.purchase_id = p.purchase_id) d`

function purchaseOf(row: BookedRow): BookedPurchase {
  const { currency } = row
  const ofCents = (amount: bigint | null): Money | null => (amount === null ? null : cents(amount, currency))
  const ofNanos = (amount: bigint): Money => money(amount, currency)
  return {
    accountId: row.accountId,
    purchaseId: row.purchaseId,
    origin: row.origin,
    state: row.state,
    paymentIntentId: row.paymentIntentId,
    livemode: row.livemode,
    currency,
    subtotal: ofCents(row.subtotalCents),
    discount: ofCents(row.discountCents),
    tax: ofCents(row.taxCents),
    total: ofCents(row.totalCents),
    credited: ofNanos(row.credited),
    takenByRefunds: ofNanos(row.takenByRefunds),
    takenByDisputes: ofNanos(row.takenByDisputes),
    frozen: ofNanos(row.frozen),
    refunds: row.refunds.map(({ cents: amount, ...refund }) => ({
      ...refund,
      amount: cents(BigInt(amount), currency),
    })),
    disputes: row.disputes.map((dispute) => ({ ...dispute, withdrawn: cents(BigInt(dispute.withdrawn), currency) })),
    attemptState: row.attemptState,
  }
}

/** The purchases that payments name, or that name payments. `purchaseIds` are looked for in every account. */
export async function readBooked(
  tx: Tx,
  { paymentIntentIds, purchaseIds }: { paymentIntentIds: string[]; purchaseIds: string[] },
): Promise<BookedPurchase[]> {
  const { rows } = await tx.query<BookedRow>(
    `${bookedPurchase}
      where (p.account_id, p.purchase_id) in (
        select account_id, purchase_id from purchases where payment_intent_id = any($1)
        union select account_id, purchase_id from purchases where purchase_id = any($2::uuid[]))`,
    [paymentIntentIds, purchaseIds],
  )
  return rows.map(purchaseOf)
}

/** The accounts of customers at Stripe. */
export async function readPayers(tx: Tx, customerIds: string[]): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ customer: string; account: string }>(
    'select stripe_customer_id as customer, account_id as account from accounts where stripe_customer_id = any($1)',
    [customerIds],
  )
  return new Map(rows.map(({ customer, account }) => [customer, account]))
}

export interface PurchasePlace {
  accountId: string
  purchaseId: string
  paymentIntentId: string | null
}

/**
 * Purchases that say they were paid (or whose refunds or disputes moved) since an instant and that this run has not
 * compared; a page of them, by their ids.
 */
export async function readUncompared(
  tx: Tx,
  {
    reportId,
    since,
    after,
    limit,
  }: { reportId: string; since: Date | null; after: PurchasePlace | null; limit: number },
): Promise<PurchasePlace[]> {
  const { rows } = await tx.query<PurchasePlace>(
    `select p.account_id as "accountId", p.purchase_id as "purchaseId", p.payment_intent_id as "paymentIntentId"
       from purchases p
      where (p.state in ('paid', 'quarantined')
             or exists (select from auto_top_up_attempts a where a.account_id = p.account_id
                         and a.purchase_id = p.purchase_id and a.state = 'succeeded'))
        and ($2::timestamptz is null or p.created_at >= $2 or p.paid_at >= $2
             or exists (select from refunds f where f.account_id = p.account_id and f.purchase_id = p.purchase_id and f.updated_at >= $2)
             or exists (select from disputes g where g.account_id = p.account_id and g.purchase_id = p.purchase_id and g.updated_at >= $2))
        and ($3::uuid is null or (p.account_id, p.purchase_id) > ($3, $4))
        and not exists (select from drift_payments d where d.report_id = $1 and d.payment = p.payment_intent_id)
        and not exists (select from drift_payments d where d.report_id = $1 and d.payment = 'purchase:' || p.purchase_id)
      order by p.account_id, p.purchase_id limit $5`,
    [reportId, since, after?.accountId ?? null, after?.purchaseId ?? null, limit],
  )
  return rows
}

/** Those of these payments that this run has compared already. */
export async function readCompared(
  tx: Tx,
  reportId: string,
  paymentIntentIds: string[],
): Promise<Map<string, { isForeign: boolean }>> {
  const { rows } = await tx.query<{ payment: string; isForeign: boolean }>(
    'select payment, is_foreign as "isForeign" from drift_payments where report_id = $1 and payment = any($2)',
    [reportId, paymentIntentIds],
  )
  return new Map(rows.map((row) => [row.payment, row]))
}

/** Whether this run has compared a purchase, with whichever payment. */
export async function isCompared(tx: Tx, reportId: string, purchaseId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `select 1 from purchases p join drift_payments d on d.report_id = $1
        and d.payment in (p.payment_intent_id, 'purchase:' || p.purchase_id) where p.purchase_id = $2 limit 1`,
    [reportId, purchaseId],
  )
  return rowCount !== 0
}

export interface Compared {
  payment: string
  isForeign: boolean
  accountId: string | null
  purchaseId: string | null
  position: Position
}

/** Notes what was compared; compared again, the newest figures stand. */
export async function noteCompared(tx: Tx, reportId: string, compared: Compared[]): Promise<void> {
  await tx.query(
    `insert into drift_payments (report_id, payment, is_foreign, about_account_id, purchase_id, currency, charged, refunded, withdrawn,
            expected, booked_charged, booked_refunded, booked_withdrawn, booked_tax, booked_discount, posted)
     select $1, payment, is_foreign, about_account_id, purchase_id, currency, charged, refunded, withdrawn,
            expected, booked_charged, booked_refunded, booked_withdrawn, booked_tax, booked_discount, posted
       from json_populate_recordset(null::drift_payments, $2)
     on conflict (report_id, payment) do update set
       is_foreign = excluded.is_foreign, about_account_id = excluded.about_account_id, purchase_id = excluded.purchase_id, charged = excluded.charged,
       refunded = excluded.refunded, withdrawn = excluded.withdrawn, expected = excluded.expected,
       booked_charged = excluded.booked_charged, booked_refunded = excluded.booked_refunded,
       booked_withdrawn = excluded.booked_withdrawn, booked_tax = excluded.booked_tax,
       booked_discount = excluded.booked_discount, posted = excluded.posted`,
    [reportId, JSON.stringify(compared.map(rowOf))],
  )
}

const rowOf = ({ payment, isForeign, accountId, purchaseId, position }: Compared) => ({
  payment,
  is_foreign: isForeign,
  about_account_id: accountId,
  purchase_id: purchaseId,
  currency: position.charged.currency,
  charged: String(position.charged.nanos),
  refunded: String(position.refunded.nanos),
  withdrawn: String(position.withdrawn.nanos),
  expected: String(position.expected.nanos),
  booked_charged: String(position.bookedCharged.nanos),
  booked_refunded: String(position.bookedRefunded.nanos),
  booked_withdrawn: String(position.bookedWithdrawn.nanos),
  booked_tax: String(position.bookedTax.nanos),
  booked_discount: String(position.bookedDiscount.nanos),
  posted: String(position.posted.nanos),
})

/** Forgets what runs have compared, but for the runs that are still at it. */
export async function forgetCompared(tx: Tx, reportId: string): Promise<void> {
  await tx.query(
    `delete from drift_payments where report_id = $1
         or report_id in (select report_id from drift_reports where state in ('finished', 'failed'))`,
    [reportId],
  )
}

/** Sums of what was compared, by currency, in nanos. */
export async function sumCompared(
  tx: Tx,
  reportId: string,
): Promise<({ currency: string } & Record<string, bigint>)[]> {
  const names = [
    'charged',
    'refunded',
    'withdrawn',
    'expected',
    'booked_charged',
    'booked_refunded',
    'booked_withdrawn',
    'booked_tax',
    'booked_discount',
    'posted',
  ]
  const { rows } = await tx.query<{ currency: string } & Record<string, bigint>>(
    `select currency, ${names.map((name) => `sum(${name})::bigint as ${name}`).join(', ')}
       from drift_payments where report_id = $1 and not is_foreign group by currency order by currency`,
    [reportId],
  )
  return rows
}

export interface AccountTotal {
  accountId: string
  currency: string
  /** What the payments bucket must have by the payments that were compared. */
  expected: bigint
  /** What the ledger's transfers of this account have put into the payments bucket. */
  posted: bigint
}

/** The payments bucket of a page of accounts, summed from the transfers alone, beside what the payments say. */
export async function readAccountTotals(
  tx: Tx,
  { reportId, after, limit, only }: { reportId: string; after: string | null; limit: number; only?: string },
): Promise<AccountTotal[]> {
  const { rows } = await tx.query<AccountTotal>(
    `select b.account_id as "accountId", b.currency,
            coalesce((select sum(d.expected) from drift_payments d
                       where d.report_id = $1 and d.about_account_id = b.account_id), 0)::bigint as expected,
            coalesce((select sum(case when t.from_bucket = 'payments' then t.amount else -t.amount end) from transfers t
                       where t.account_id = b.account_id
                         and (t.kind in ('purchase', 'auto_top_up', 'refund', 'refund_reversed', 'dispute_lost', 'dispute_won_back')
                              or t.kind = 'invoice_payment' and exists (
                                select from purchases p where p.account_id = t.account_id and p.origin = 'invoice'
                                   and t.cause = 'invoice:' || p.purchase_id))), 0)::bigint as posted
       from account_balances b
      where ($2::uuid is null or b.account_id > $2) and ($4::uuid is null or b.account_id = $4) order by b.account_id limit $3`,
    [reportId, after, limit, only ?? null],
  )
  return rows
}

/** The paid purchases of one account, the newest thousand: for a second look at its total. */
export async function readPaidOfAccount(tx: Tx, accountId: string): Promise<PurchasePlace[]> {
  const { rows } = await tx.query<PurchasePlace>(
    `select p.account_id as "accountId", p.purchase_id as "purchaseId", p.payment_intent_id as "paymentIntentId"
       from purchases p where p.account_id = $1 and p.state = 'paid' order by p.created_at desc limit 1000`,
    [accountId],
  )
  return rows
}

/** Our invoices at Stripe that wait for money, moved since an instant (null: all of them), or differed in an earlier report. */
export async function readInvoicesToCompare(tx: Tx, since: Date | null): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select stripe_invoice_id as id from invoices
      where stripe_invoice_id is not null
        and ($1::timestamptz is null or state not in ('paid', 'void') or paid_at >= $1 or closed_at >= $1 or last_checked_at >= $1)
     union
     select object_id from drift_findings
      where resolved_at is null and kind in ('unknown_invoice', 'invoice_differs', 'invoice_missing') and object_id is not null
     order by 1`,
    [since],
  )
  return rows.map(({ id }) => id)
}

/** Our invoice that one at Stripe is, or says that it is. */
export async function findBookedInvoice(
  tx: Tx,
  { stripeInvoiceId, named }: { stripeInvoiceId: string; named: { accountId: string; invoiceId: string } | null },
): Promise<BookedInvoice | null> {
  const { rows } = await tx.query<Omit<BookedInvoice, 'posted'> & { posted: bigint }>(
    `select i.account_id as "accountId", i.invoice_id as "invoiceId", i.stripe_invoice_id as "stripeInvoiceId", i.state,
            i.amount_cents as "amountCents", i.currency, i.paid_cents as "paidCents",
            coalesce((select sum(n.amount_cents) from invoice_credit_notes n where n.account_id = i.account_id
                         and n.invoice_id = i.invoice_id and n.state = 'issued'), 0)::bigint as "creditedCents",
            coalesce((select sum(t.amount) from transfers t where t.account_id = i.account_id and t.kind = 'invoice_payment'
                         and t.kind <> 'usage' and t.cause = 'invoice:' || i.invoice_id), 0)::bigint as posted
       from invoices i where i.stripe_invoice_id = $1 or (i.account_id = $2::uuid and i.invoice_id = $3::uuid)
      order by i.stripe_invoice_id = $1 desc nulls last limit 1`,
    [stripeInvoiceId, named?.accountId ?? null, named?.invoiceId ?? null],
  )
  const row = rows[0]
  return row ? { ...row, posted: money(row.posted, row.currency) } : null
}
