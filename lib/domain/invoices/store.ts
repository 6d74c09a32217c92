/** Invoices' only SQL. The account's balance row is the queue: who holds its lock decides about its invoices alone. */
import { type Money, money } from '@/lib/core/money'
import { query, type Tx } from '@/lib/edges/db'
import type { CustomerPlace } from '@/lib/edges/stripe'
import type { Collection } from '../contracts/rules'
import type { RefundState } from '../refunds/rules'
import type { InvoiceKind, InvoiceLine, InvoiceLineKind, InvoiceProblem, InvoiceState, UsedModel } from './rules'

export type PaidByKind = 'payment' | 'other'

export interface InvoiceRow {
  accountId: string
  invoiceId: string
  contractId: string
  kind: InvoiceKind
  period: string
  startsAt: Date
  endsAt: Date
  timeZone: string
  fromSeq: bigint
  throughSeq: bigint
  amountCents: bigint
  currency: string
  state: InvoiceState
  collection: Collection
  paymentTermsDays: number
  poNumber: string | null
  paidCents: bigint | null
  /** How it was paid; null: not paid, or not looked at yet. */
  paidBy: PaidByKind | null
  taxCents: bigint
  stripeCustomerId: string | null
  stripeInvoiceId: string | null
  number: string | null
  hostedUrl: string | null
  pdfUrl: string | null
  dueAt: Date | null
  problem: InvoiceProblem | null
  problemMessage: string | null
  remindedDays: number | null
  tries: number
  nextTryAt: Date | null
  createdAt: Date
  finalizedAt: Date | null
  paidAt: Date | null
  closedAt: Date | null
  lastCheckedAt: Date | null
  /** Taken off by credit notes, those on their way included. */
  creditedCents: bigint
  isBeingCredited: boolean
  /** What it still asks for. */
  restCents: bigint
  /** Nanos of its payment that refunds and lost disputes have taken back. */
  takenBack: bigint
}

const credited = `coalesce((select sum(n.amount_cents) from invoice_credit_notes n
  where n.account_id = i.account_id and n.invoice_id = i.invoice_id and n.state <> 'canceled'), 0)::bigint`

/** What an invoice `i` still asks for, in cents. */
const rest = `case when i.state in ('paid', 'void') then 0 else i.amount_cents - ${credited} end`

/** What refunds and disputes have taken back of the payment of an invoice `i`, in nanos. */
const takenBack = `(coalesce((select sum(r.credit) from refunds r where r.account_id = i.account_id and r.purchase_id = i.invoice_id), 0)
  + coalesce((select sum(d.taken) from disputes d where d.account_id = i.account_id and d.purchase_id = i.invoice_id), 0))::bigint`

const invoiceSelect = `
  select i.*, ${credited} as credited_cents, ${rest} as rest_cents, ${takenBack} as taken_back,
         exists (select from invoice_credit_notes n where n.account_id = i.account_id and n.invoice_id = i.invoice_id
                    and n.state = 'intended') as is_being_credited
    from invoices i`

// biome-ignore lint/suspicious/noExplicitAny: one row of the statement above, read at this one place
const invoiceOf = (row: any): InvoiceRow => ({
  accountId: row.account_id,
  invoiceId: row.invoice_id,
  contractId: row.contract_id,
  kind: row.kind,
  period: row.period,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  timeZone: row.time_zone,
  fromSeq: row.from_seq,
  throughSeq: row.through_seq,
  amountCents: row.amount_cents,
  currency: row.currency,
  state: row.state,
  collection: row.collection,
  paymentTermsDays: row.payment_terms_days,
  poNumber: row.po_number,
  paidCents: row.paid_cents,
  paidBy: row.paid_by,
  taxCents: row.tax_cents,
  stripeCustomerId: row.stripe_customer_id,
  stripeInvoiceId: row.stripe_invoice_id,
  number: row.number,
  hostedUrl: row.hosted_url,
  pdfUrl: row.pdf_url,
  dueAt: row.due_at,
  problem: row.problem,
  problemMessage: row.problem_message,
  remindedDays: row.reminded_days,
  tries: row.tries,
  nextTryAt: row.next_try_at,
  createdAt: row.created_at,
  finalizedAt: row.finalized_at,
  paidAt: row.paid_at,
  closedAt: row.closed_at,
  lastCheckedAt: row.last_checked_at,
  creditedCents: row.credited_cents,
  isBeingCredited: row.is_being_credited,
  restCents: row.rest_cents,
  takenBack: row.taken_back,
})

export async function findInvoice(tx: Tx, accountId: string, invoiceId: string): Promise<InvoiceRow | null> {
  const { rows } = await tx.query(`${invoiceSelect} where i.account_id = $1 and i.invoice_id = $2`, [
    accountId,
    invoiceId,
  ])
  return rows[0] ? invoiceOf(rows[0]) : null
}

/** Newest first. */
export async function readInvoices(tx: Tx, accountId: string, most: number): Promise<InvoiceRow[]> {
  const { rows } = await tx.query(
    `${invoiceSelect} where i.account_id = $1 order by i.created_at desc, i.invoice_id desc limit $2`,
    [accountId, most],
  )
  return rows.map(invoiceOf)
}

/** Invoices that ask for money, or will; oldest first. */
export async function readAsking(tx: Tx, accountId: string): Promise<InvoiceRow[]> {
  const { rows } = await tx.query(
    `${invoiceSelect} where i.account_id = $1 and i.state not in ('paid', 'void') order by i.created_at, i.invoice_id`,
    [accountId],
  )
  return rows.map(invoiceOf)
}

/** When invoices asked for money within a span of time, up to their payment or end; `until` is null for those that still do. */
export const readAskingTimes = (
  accountId: string,
  { startsAt, endsAt }: { startsAt: Date; endsAt: Date },
): Promise<{ from: Date; until: Date | null }[]> =>
  query(
    `select "from", until from (
       select i.created_at as "from",
              case i.state when 'void' then i.closed_at when 'paid' then coalesce((
                select t.posted_at from transfers t
                 where t.account_id = i.account_id and t.kind = 'invoice_payment' and t.cause = 'invoice:' || i.invoice_id
              ), i.paid_at) end as until
         from invoices i where i.account_id = $1) asking
      where "from" < $3 and (until is null or until > $2) order by "from"`,
    [accountId, startsAt, endsAt],
  )

/** What invoices still ask for in all. */
export async function readAskedFor(tx: Tx, accountId: string): Promise<Money> {
  const { rows } = await tx.query<{ currency: string; asked: bigint }>(
    `select a.currency, coalesce((select sum(${rest}) from invoices i where i.account_id = a.account_id), 0)::bigint as asked
       from accounts a where a.account_id = $1`,
    [accountId],
  )
  const row = rows[0]
  return money((row?.asked ?? 0n) * 10_000_000n, row?.currency)
}

export type NewInvoice = Pick<
  InvoiceRow,
  | 'accountId'
  | 'invoiceId'
  | 'contractId'
  | 'kind'
  | 'period'
  | 'startsAt'
  | 'endsAt'
  | 'timeZone'
  | 'fromSeq'
  | 'throughSeq'
  | 'amountCents'
  | 'currency'
  | 'collection'
  | 'paymentTermsDays'
  | 'poNumber'
  | 'createdAt'
>

/** Writes an invoice that is to be made at Stripe. */
export async function insertInvoice(tx: Tx, row: NewInvoice): Promise<void> {
  await tx.query(
    `insert into invoices (account_id, invoice_id, contract_id, kind, period, starts_at, ends_at, time_zone, from_seq, through_seq,
                           amount_cents, currency, state, collection, payment_terms_days, po_number, next_try_at, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'intended', $13, $14, $15, $16, $16)`,
    [
      row.accountId,
      row.invoiceId,
      row.contractId,
      row.kind,
      row.period,
      row.startsAt,
      row.endsAt,
      row.timeZone,
      row.fromSeq,
      row.throughSeq,
      row.amountCents,
      row.currency,
      row.collection,
      row.paymentTermsDays,
      row.poNumber,
      row.createdAt,
    ],
  )
}

export interface PeriodRow {
  period: string
  startsAt: Date
  endsAt: Date
  timeZone: string
  /** The usage of all later periods, in nanos. */
  usageLater: bigint
}

/** Billing months that ended after an instant and no later than another, in their order. Needs the balance lock. */
export async function readPeriodsOver(
  tx: Tx,
  accountId: string,
  { after, until }: { after: Date; until: Date },
): Promise<PeriodRow[]> {
  const { rows } = await tx.query<PeriodRow>(
    `select p.period, p.starts_at as "startsAt", p.ends_at as "endsAt", p.time_zone as "timeZone",
            coalesce((select sum(l.spent) from budget_periods l
                       where l.account_id = p.account_id and l.budget_id = p.budget_id and l.starts_at >= p.ends_at), 0)::bigint as "usageLater"
       from budgets b join budget_periods p on p.account_id = b.account_id and p.budget_id = b.budget_id
      where b.account_id = $1 and b.scope = 'account' and b."window" = 'monthly' and p.ends_at > $2 and p.ends_at <= $3
      order by p.ends_at`,
    [accountId, after, until],
  )
  return rows
}

/** The last transfer of usage that was posted before an instant, after `fromSeq`; `fromSeq` when there is none. */
export async function readLastUsageBefore(tx: Tx, accountId: string, before: Date, fromSeq: bigint): Promise<bigint> {
  const { rows } = await tx.query<{ seq: bigint }>(
    `select seq from transfers where account_id = $1 and seq > $3 and kind = 'usage' and posted_at < $2 order by seq desc limit 1`,
    [accountId, before, fromSeq],
  )
  return rows[0]?.seq ?? fromSeq
}

export async function readLastSeq(tx: Tx, accountId: string): Promise<bigint> {
  const { rows } = await tx.query<{ last_seq: bigint }>('select last_seq from account_balances where account_id = $1', [
    accountId,
  ])
  return rows[0]!.last_seq
}

/** The usage that an invoice is of, by model. Its transfers say which; the days only say where to look. */
export async function readUsed(
  tx: Tx,
  invoice: Pick<InvoiceRow, 'accountId' | 'startsAt' | 'endsAt' | 'fromSeq' | 'throughSeq' | 'currency'>,
): Promise<UsedModel[]> {
  const { rows } = await tx.query<{
    model: string
    amount: bigint
    events: bigint
    input: bigint
    cached: bigint
    output: bigint
  }>(
    `select e.model, sum(e.amount)::bigint as amount, count(*) as events, sum(e.input_tokens)::bigint as input,
            sum(e.cached_input_tokens)::bigint as cached, sum(e.output_tokens)::bigint as output
       from usage_events e
      where e.account_id = $1 and e.transfer_seq > $2 and e.transfer_seq <= $3
        and e.recorded_at >= $4::timestamptz - interval '1 day' and e.recorded_at < $5::timestamptz + interval '1 day'
        and e.month >= date_trunc('month', ($4::timestamptz - interval '1 day') at time zone 'UTC')::date
        and e.month <= date_trunc('month', ($5::timestamptz + interval '1 day') at time zone 'UTC')::date
      group by e.model order by e.model`,
    [invoice.accountId, invoice.fromSeq, invoice.throughSeq, invoice.startsAt, invoice.endsAt],
  )
  return rows.map((row) => ({
    model: row.model,
    amount: money(row.amount, invoice.currency),
    events: row.events,
    inputTokens: row.input,
    cachedInputTokens: row.cached,
    outputTokens: row.output,
  }))
}

/** What voided invoices asked for that no later invoice has taken up, in cents; those of this one are marked as taken up. */
export async function takeUpVoided(tx: Tx, { accountId, invoiceId }: { accountId: string; invoiceId: string }) {
  await tx.query(
    `update invoices set carried_to = $2 where account_id = $1 and state = 'void' and carried_to is null and invoice_id <> $2`,
    [accountId, invoiceId],
  )
}

/** What an invoice has taken up of voided ones, in cents. */
export async function readCarried(tx: Tx, accountId: string, invoiceId: string): Promise<bigint> {
  const { rows } = await tx.query<{ cents: bigint }>(
    `select coalesce(sum(i.amount_cents - ${credited}), 0)::bigint as cents from invoices i
      where i.account_id = $1 and i.carried_to = $2`,
    [accountId, invoiceId],
  )
  return rows[0]!.cents
}

export interface LineRow extends InvoiceLine {
  line: number
  /** Of a usage line, as people call it. */
  modelName: string | null
}

/** Writes the lines of an invoice, once: written twice, the first stay. */
export async function insertLines(
  tx: Tx,
  { accountId, invoiceId }: { accountId: string; invoiceId: string },
  lines: InvoiceLine[],
): Promise<void> {
  for (const [index, { kind, amountCents, amount, used }] of lines.entries()) {
    await tx.query(
      `insert into invoice_lines (account_id, invoice_id, line, kind, model, amount_cents, amount, events, input_tokens,
                                  cached_input_tokens, output_tokens)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
      [
        accountId,
        invoiceId,
        index + 1,
        kind,
        used?.model ?? null,
        amountCents,
        amount.nanos,
        used?.events ?? null,
        used?.inputTokens ?? null,
        used?.cachedInputTokens ?? null,
        used?.outputTokens ?? null,
      ],
    )
  }
}

export async function readLines(tx: Tx, accountId: string, invoiceId: string): Promise<LineRow[]> {
  const { rows } = await tx.query<{
    line: number
    kind: InvoiceLineKind
    model: string | null
    model_name: string | null
    amount_cents: bigint
    amount: bigint
    currency: string
    events: bigint
    input_tokens: bigint
    cached_input_tokens: bigint
    output_tokens: bigint
  }>(
    `select l.*, m.name as model_name, i.currency
       from invoice_lines l
       join invoices i on i.account_id = l.account_id and i.invoice_id = l.invoice_id
       left join models m on m.model = l.model
      where l.account_id = $1 and l.invoice_id = $2 order by l.line`,
    [accountId, invoiceId],
  )
  return rows.map((row) => {
    const amount = money(row.amount, row.currency)
    return {
      line: row.line,
      kind: row.kind,
      amountCents: row.amount_cents,
      amount,
      modelName: row.model_name,
      used: row.model
        ? {
            model: row.model,
            amount,
            events: row.events,
            inputTokens: row.input_tokens,
            cachedInputTokens: row.cached_input_tokens,
            outputTokens: row.output_tokens,
          }
        : null,
    }
  })
}

/** Takes an invoice for a try until `until`: others leave it alone for so long. False: it is somebody else's, or needs none. */
export async function claimInvoice(
  tx: Tx,
  { accountId, invoiceId }: { accountId: string; invoiceId: string },
  { at, until }: { at: Date; until: Date },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update invoices set tries = tries + 1, next_try_at = $4
      where account_id = $1 and invoice_id = $2 and state in ('intended', 'draft') and (next_try_at is null or next_try_at <= $3)`,
    [accountId, invoiceId, at, until],
  )
  return rowCount === 1
}

export async function saveNextTry(tx: Tx, { accountId, invoiceId }: InvoiceRow, at: Date): Promise<void> {
  await tx.query(
    `update invoices set next_try_at = $3 where account_id = $1 and invoice_id = $2 and state in ('intended', 'draft')`,
    [accountId, invoiceId, at],
  )
}

/** An invoice is at Stripe now, as a draft. What was written before stays. */
export async function saveAtStripe(
  tx: Tx,
  { accountId, invoiceId }: InvoiceRow,
  { stripeInvoiceId, customerId }: { stripeInvoiceId: string; customerId: string },
): Promise<void> {
  await tx.query(
    `update invoices set stripe_invoice_id = $3, stripe_customer_id = $4, state = 'draft'
      where account_id = $1 and invoice_id = $2 and state = 'intended'`,
    [accountId, invoiceId, stripeInvoiceId, customerId],
  )
}

export interface Followed {
  state: InvoiceState
  number: string | null
  hostedUrl: string | null
  pdfUrl: string | null
  taxCents: bigint
  dueAt: Date | null
  problem: InvoiceProblem | null
  problemMessage: string | null
  finalizedAt: Date | null
  paidAt: Date | null
  paidCents: bigint | null
  paidBy: PaidByKind | null
  closedAt: Date | null
}

/** Writes what Stripe says of an invoice. What Stripe no longer says stays known. Needs the balance lock. */
export async function saveFollowed(
  tx: Tx,
  { accountId, invoiceId }: InvoiceRow,
  news: Followed,
  at: Date,
): Promise<void> {
  await tx.query(
    `update invoices
        set state = $3, number = coalesce($4, number), hosted_url = coalesce($5, hosted_url), pdf_url = coalesce($6, pdf_url),
            tax_cents = $7, due_at = coalesce($8, due_at), problem = $9, problem_message = $10,
            finalized_at = coalesce($11, finalized_at), paid_at = $12, paid_cents = $13, closed_at = $14, last_checked_at = $15,
            paid_by = coalesce(paid_by, $16),
            next_try_at = case when $3 in ('intended', 'draft') then next_try_at end
      where account_id = $1 and invoice_id = $2`,
    [
      accountId,
      invoiceId,
      news.state,
      news.number,
      news.hostedUrl,
      news.pdfUrl,
      news.taxCents,
      news.dueAt,
      news.problem,
      news.problemMessage,
      news.finalizedAt,
      news.paidAt,
      news.paidCents,
      news.closedAt,
      at,
      news.paidBy,
    ],
  )
}

export async function saveReminded(tx: Tx, { accountId, invoiceId }: InvoiceRow, days: number): Promise<void> {
  await tx.query('update invoices set reminded_days = $3 where account_id = $1 and invoice_id = $2', [
    accountId,
    invoiceId,
    days,
  ])
}

/** Since when usage is paused for an invoice; null: it is not. */
export async function readPaymentPause(tx: Tx, accountId: string): Promise<Date | null> {
  const { rows } = await tx.query<{ at: Date | null }>(
    'select payment_paused_at as at from accounts where account_id = $1',
    [accountId],
  )
  return rows[0]?.at ?? null
}

/** What the gate reads. Needs the balance lock. */
export async function savePaymentPause(tx: Tx, accountId: string, since: Date | null): Promise<void> {
  await tx.query('update accounts set payment_paused_at = $2 where account_id = $1', [accountId, since])
}

export interface CreditNoteRow {
  accountId: string
  creditNoteId: string
  invoiceId: string
  amountCents: bigint
  state: 'intended' | 'issued' | 'canceled'
  stripeCreditNoteId: string | null
  number: string | null
  tries: number
  createdAt: Date
}

const noteColumns = `account_id as "accountId", credit_note_id as "creditNoteId", invoice_id as "invoiceId", amount_cents as "amountCents",
  state, stripe_credit_note_id as "stripeCreditNoteId", number, tries, created_at as "createdAt"`

/** The credit notes of an invoice, oldest first. */
export async function readNotes(tx: Tx, accountId: string, invoiceId: string): Promise<CreditNoteRow[]> {
  const { rows } = await tx.query<CreditNoteRow>(
    `select ${noteColumns} from invoice_credit_notes where account_id = $1 and invoice_id = $2 order by created_at, credit_note_id`,
    [accountId, invoiceId],
  )
  return rows
}

/** Writes a credit note that is to be made at Stripe. */
export async function insertNote(
  tx: Tx,
  note: { accountId: string; creditNoteId: string; invoiceId: string; amountCents: bigint; at: Date },
): Promise<void> {
  await tx.query(
    `insert into invoice_credit_notes (account_id, credit_note_id, invoice_id, amount_cents, state, next_try_at, created_at)
     values ($1, $2, $3, $4, 'intended', $5, $5)`,
    [note.accountId, note.creditNoteId, note.invoiceId, note.amountCents, note.at],
  )
}

/** Takes a credit note for a try until `until`. Null: it is somebody else's, or over. */
export async function claimNote(
  tx: Tx,
  { accountId, creditNoteId }: { accountId: string; creditNoteId: string },
  { at, until }: { at: Date; until: Date },
): Promise<CreditNoteRow | null> {
  const { rows } = await tx.query<CreditNoteRow>(
    `update invoice_credit_notes set tries = tries + 1, next_try_at = $4
      where account_id = $1 and credit_note_id = $2 and state = 'intended' and (next_try_at is null or next_try_at <= $3)
      returning ${noteColumns}`,
    [accountId, creditNoteId, at, until],
  )
  return rows[0] ?? null
}

/** Ends a credit note, or takes it back: what Stripe says of it. Needs the balance lock. */
export async function closeNote(
  tx: Tx,
  { accountId, creditNoteId }: { accountId: string; creditNoteId: string },
  end: { state: 'issued' | 'canceled'; stripeCreditNoteId: string | null; number: string | null; at: Date },
): Promise<void> {
  await tx.query(
    `update invoice_credit_notes
        set state = $3, stripe_credit_note_id = case when $3 = 'issued' then $4 end, number = coalesce($5, number), closed_at = $6, next_try_at = null
      where account_id = $1 and credit_note_id = $2`,
    [accountId, creditNoteId, end.state, end.stripeCreditNoteId, end.number, end.at],
  )
}

/** A credit note that was made in Stripe's dashboard. */
export async function insertForeignNote(
  tx: Tx,
  note: {
    accountId: string
    creditNoteId: string
    invoiceId: string
    amountCents: bigint
    stripeCreditNoteId: string
    number: string | null
    at: Date
  },
): Promise<void> {
  await tx.query(
    `insert into invoice_credit_notes (account_id, credit_note_id, invoice_id, amount_cents, state, stripe_credit_note_id, number,
                                       created_at, closed_at)
     values ($1, $2, $3, $4, 'issued', $5, $6, $7, $7)`,
    [
      note.accountId,
      note.creditNoteId,
      note.invoiceId,
      note.amountCents,
      note.stripeCreditNoteId,
      note.number,
      note.at,
    ],
  )
}

export interface Place {
  accountId: string
  invoiceId: string
}

/** Invoices that are to be made at Stripe and whose time has come. */
export const findToRun = (at: Date, most: number): Promise<Place[]> =>
  query<Place>(
    `select account_id as "accountId", invoice_id as "invoiceId" from invoices
      where state in ('intended', 'draft') and (next_try_at is null or next_try_at <= $1) order by created_at limit $2`,
    [at, most],
  )

/** Invoices that wait for money, or of which nobody knows yet how they were paid, and that nobody has looked at since an instant. */
export const findToLookAt = (since: Date, most: number): Promise<Place[]> =>
  query<Place>(
    `select account_id as "accountId", invoice_id as "invoiceId" from invoices
      where (state in ('open', 'uncollectible') or (state = 'paid' and paid_cents > 0 and paid_by is null))
        and (last_checked_at is null or last_checked_at < $1)
      order by last_checked_at nulls first limit $2`,
    [since, most],
  )

/** Accounts whose open invoices ask for more than is outstanding. */
export const findOverAsked = (most: number): Promise<{ accountId: string }[]> =>
  query<{ accountId: string }>(
    `select b.account_id as "accountId"
       from (select i.account_id, sum(${rest}) as asked from invoices i where i.state not in ('paid', 'void') group by i.account_id) asking
       join account_balances b on b.account_id = asking.account_id
      where asking.asked > greatest(-b.balance, 0) / 10000000 limit $1`,
    [most],
  )

/** Credit notes that are to be made at Stripe and whose time has come. */
export const findNotesToRun = (at: Date, most: number): Promise<{ accountId: string; creditNoteId: string }[]> =>
  query<{ accountId: string; creditNoteId: string }>(
    `select account_id as "accountId", credit_note_id as "creditNoteId" from invoice_credit_notes
      where state = 'intended' and (next_try_at is null or next_try_at <= $1) order by created_at limit $2`,
    [at, most],
  )

/** Accounts with an invoice that is late, or whose usage is paused for one. */
export const findLate = (at: Date, most: number): Promise<{ accountId: string }[]> =>
  query<{ accountId: string }>(
    `select account_id as "accountId" from invoices where state = 'open' and due_at <= $1 or state = 'uncollectible'
     union select account_id from accounts where payment_paused_at is not null limit $2`,
    [at, most],
  )

/** The number of the transfer that the payment of an invoice made; null until then. */
export async function readPaymentSeq(tx: Tx, accountId: string, invoiceId: string): Promise<bigint | null> {
  const { rows } = await tx.query<{ seq: bigint }>(
    `select seq from transfers where account_id = $1 and kind = 'invoice_payment' and kind <> 'usage' and cause = 'invoice:' || $2::text`,
    [accountId, invoiceId],
  )
  return rows[0]?.seq ?? null
}

export type MoneyBackRow =
  | { kind: 'refund'; id: string; state: RefundState; amountCents: bigint; credit: bigint; frozen: bigint; at: Date }
  | {
      kind: 'dispute'
      id: string
      state: string
      amountCents: bigint
      withdrawnCents: bigint
      credit: bigint
      frozen: bigint
      at: Date
    }

/** Refunds and disputes of the payment of an invoice, in the order in which we heard of them. */
export async function readMoneyBack(tx: Tx, accountId: string, invoiceId: string): Promise<MoneyBackRow[]> {
  const { rows } = await tx.query<MoneyBackRow>(
    `select 'refund' as kind, refund_id as id, state, amount_cents as "amountCents", 0::bigint as "withdrawnCents", credit,
            0::bigint as frozen, created_at as at
       from refunds where account_id = $1 and purchase_id = $2
     union all
     select 'dispute', dispute_id, status, amount_cents, withdrawn_cents, taken, frozen, opened_at from disputes
      where account_id = $1 and purchase_id = $2
     order by at, id`,
    [accountId, invoiceId],
  )
  return rows
}

/** Which of our invoices one at Stripe is; null when it is none of ours, or not yet known to be. */
export async function findInvoiceAtStripe(stripeInvoiceId: string): Promise<Place | null> {
  const [row] = await query<Place>(
    'select account_id as "accountId", invoice_id as "invoiceId" from invoices where stripe_invoice_id = $1',
    [stripeInvoiceId],
  )
  return row ?? null
}

/** Where the account says that it is; null when it does not. */
export async function readPlace(accountId: string): Promise<CustomerPlace | null> {
  const [row] = await query<CustomerPlace & Record<string, unknown>>(
    `select address_line1 as line1, address_line2 as line2, address_city as city, address_state as state,
            address_postal_code as "postalCode", address_country as country
       from accounts where account_id = $1 and address_country <> ''`,
    [accountId],
  )
  return row ?? null
}
