import { cents, formatMoney, money } from '@/lib/core/money'
import { dayKeyAt } from '@/lib/core/time'
import type { Collection } from '../contracts/rules'
import { type Stance, stanceOf } from '../disputes/rules'
import type { RefundState } from '../refunds/rules'
import {
  daysSince,
  type InvoiceKind,
  type InvoiceLineKind,
  type InvoiceProblem,
  type ShownInvoiceState,
  shownState,
} from './rules'
import type { CreditNoteRow, InvoiceRow, LineRow, MoneyBackRow } from './store'
import { describeLine } from './words'

/** An invoice of a post-paid account. Amounts are decimal strings, instants ISO strings. */
export interface InvoiceDto {
  invoiceId: string
  /** Stripe's number; null until it is finalized. */
  number: string | null
  kind: InvoiceKind
  /** The billing month, e.g. "2026-11". */
  period: string
  /** What its usage is of: from here up to endsAt. */
  startsAt: string
  endsAt: string
  timeZone: string
  currency: string
  /** Asked for, before tax. */
  amount: string
  /** Taken off by credit notes, because credit paid for it. */
  credited: string
  /** What is still asked for, before tax: nothing once it is paid or void. */
  rest: string
  /** What was paid, without tax; null until it is paid. */
  paid: string | null
  /** What refunds and lost disputes of its payment have taken back of that. */
  takenBack: string
  tax: string
  state: ShownInvoiceState
  problem: InvoiceProblem | null
  /** What the bank said, where it said something. */
  problemMessage: string | null
  collection: Collection
  paymentTermsDays: number
  poNumber: string | null
  /** Stripe's page of the invoice: where it is paid or confirmed. Null until it is finalized. */
  hostedUrl: string | null
  pdfUrl: string | null
  dueAt: string | null
  /** Whole days since the due date; null while it is not past due. */
  daysPastDue: number | null
  createdAt: string
  finalizedAt: string | null
  paidAt: string | null
  /** When it was voided, or given up as uncollectible. */
  closedAt: string | null
}

export interface InvoiceLineDto {
  line: number
  kind: InvoiceLineKind
  /** "Usage of Llama 70B", "Outstanding from before", "Credit used first". */
  description: string
  /** In whole cents, with its sign: the lines of an invoice add up to it. */
  amount: string
  /** The exact figure that was rounded to it. */
  exactAmount: string
  /** Of a usage line: where to look the usage up. Days are of the invoice's time zone. */
  usage: {
    model: string
    modelName: string
    startsAt: string
    endsAt: string
    firstDay: string
    lastDay: string
    events: string
    inputTokens: string
    cachedInputTokens: string
    outputTokens: string
  } | null
}

export interface InvoiceCreditNoteDto {
  creditNoteId: string
  number: string | null
  amount: string
  /** intended: on its way to Stripe. canceled: the invoice was paid or voided before. */
  state: 'intended' | 'issued' | 'canceled'
  createdAt: string
}

export interface InvoiceDetailDto extends InvoiceDto {
  /** In their order; empty for a moment while the invoice is being prepared. */
  lines: InvoiceLineDto[]
  creditNotes: InvoiceCreditNoteDto[]
  /** The number of the movement that its payment is on the statement; null until then, or when nothing was paid. */
  paymentSeq: string | null
  /** Refunds and disputes of its payment, the earliest first. */
  moneyBack: InvoiceMoneyBackDto[]
}

/** Money of an invoice's payment that went back, is about to, or may. */
export type InvoiceMoneyBackDto = (
  | { kind: 'refund'; state: RefundState }
  /** state: Stripe's own word; stance: what it means for the credit. */
  | { kind: 'dispute'; state: string; stance: Stance }
) & {
  id: string
  /** Tax included. */
  amount: string
  /** Taken off the balance for it, without tax. */
  credit: string
  /** Credit that waits for the bank. */
  frozen: string
  at: string
}

export function invoiceDto(row: InvoiceRow, at: Date): InvoiceDto {
  const amountOf = (amount: bigint) => formatMoney(cents(amount, row.currency))
  const state = shownState(row, at)
  return {
    invoiceId: row.invoiceId,
    number: row.number,
    kind: row.kind,
    period: row.period,
    startsAt: row.startsAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    timeZone: row.timeZone,
    currency: row.currency,
    amount: amountOf(row.amountCents),
    credited: amountOf(row.creditedCents),
    rest: amountOf(row.restCents),
    paid: row.paidCents === null ? null : amountOf(row.paidCents),
    takenBack: formatMoney(money(row.takenBack, row.currency)),
    tax: amountOf(row.taxCents),
    state,
    problem: row.problem,
    problemMessage: row.problemMessage,
    collection: row.collection,
    paymentTermsDays: row.paymentTermsDays,
    poNumber: row.poNumber,
    hostedUrl: row.hostedUrl,
    pdfUrl: row.pdfUrl,
    dueAt: row.dueAt?.toISOString() ?? null,
    daysPastDue: state === 'past_due' && row.dueAt ? daysSince(row.dueAt, at) : null,
    createdAt: row.createdAt.toISOString(),
    finalizedAt: row.finalizedAt?.toISOString() ?? null,
    paidAt: row.paidAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
  }
}

export function invoiceLineDto(invoice: InvoiceRow, row: LineRow): InvoiceLineDto {
  const { startsAt, endsAt, timeZone } = invoice
  const { used } = row
  return {
    line: row.line,
    kind: row.kind,
    description: describeLine(row),
    amount: formatMoney(cents(row.amountCents, invoice.currency)),
    exactAmount: formatMoney(row.amount),
    usage: used && {
      model: used.model,
      modelName: row.modelName ?? used.model,
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      firstDay: dayKeyAt(startsAt, timeZone),
      lastDay: dayKeyAt(new Date(Math.max(startsAt.getTime(), endsAt.getTime() - 1)), timeZone),
      events: String(used.events),
      inputTokens: String(used.inputTokens),
      cachedInputTokens: String(used.cachedInputTokens),
      outputTokens: String(used.outputTokens),
    },
  }
}

export const creditNoteDto = (invoice: InvoiceRow, row: CreditNoteRow): InvoiceCreditNoteDto => ({
  creditNoteId: row.creditNoteId,
  number: row.number,
  amount: formatMoney(cents(row.amountCents, invoice.currency)),
  state: row.state,
  createdAt: row.createdAt.toISOString(),
})

export function moneyBackDto({ currency }: InvoiceRow, row: MoneyBackRow): InvoiceMoneyBackDto {
  const common = {
    id: row.id,
    amount: formatMoney(cents(row.amountCents, currency)),
    credit: formatMoney(money(row.credit, currency)),
    frozen: formatMoney(money(row.frozen, currency)),
    at: row.at.toISOString(),
  }
  if (row.kind === 'refund') return { ...common, kind: row.kind, state: row.state }
  return {
    ...common,
    kind: row.kind,
    state: row.state,
    stance: stanceOf({ status: row.state, withdrawnCents: row.withdrawnCents }),
  }
}
