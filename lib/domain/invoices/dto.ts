import type { Collection } from '../contracts/rules'
import type { InvoiceKind, InvoiceLineKind, InvoiceProblem, ShownInvoiceState } from './rules'

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
}
