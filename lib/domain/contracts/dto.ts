import { formatMoney } from '@/lib/core/money'
import type { BillingMode, Collection, PostPaidRequestState } from './rules'
import type { ContractRow, PostPaidRequestRow } from './store'

/** Terms on which an account is, or was, post-paid. Amounts are decimal strings, instants ISO strings. */
export interface ContractDto {
  contractId: string
  creditLimit: string
  currency: string
  /** Days from an invoice to its due date. */
  paymentTermsDays: number
  collection: Collection
  poNumber: string | null
  startedAt: string
  /** Null while it is in force. */
  endedAt: string | null
}

/** The same with what only operators see. */
export interface OperatorContractDto extends ContractDto {
  note: string | null
  /** As the audit log names actors. */
  startedBy: string
  endedBy: string | null
}

/** A customer's request to be moved to post-paid. */
export interface PostPaidRequestDto {
  requestId: string
  expectedMonthly: string
  currency: string
  note: string
  state: PostPaidRequestState
  askedByName: string
  createdAt: string
  decidedAt: string | null
  /** What the operator wrote to the customer. */
  decisionNote: string | null
}

/** How an account is billed: the facts that its words are made of. */
export interface BillingModeDto {
  accountId: string
  mode: BillingMode
  currency: string
  /** Below zero: a debt. */
  balance: string
  held: string
  /** Credit that is left; "0.00" when there is none. */
  credit: string
  /** What usage has gone beyond credit, invoiced or not; "0.00" when there is credit. */
  outstanding: string
  /** Of the outstanding: what invoices that wait for payment ask for. */
  invoiced: string
  /** Of the outstanding: what comes with the next invoice. */
  notInvoiced: string
  /** Null for prepaid. */
  creditLimit: string | null
  /** What usage may still go beyond credit, open holds counted; null for prepaid. */
  leftOfCreditLimit: string | null
  /** The billing month that is running: its usage, and when it ends. */
  month: { period: string; startsAt: string; endsAt: string; timeZone: string; spent: string }
  /** When the next invoice is made: the turn of the billing month. Null for prepaid. */
  nextInvoiceAt: string | null
  /** Since when usage is paused because an invoice was not paid; null when it is not. */
  pausedForPaymentSince: string | null
  /** The contract in force. */
  contract: ContractDto | null
  /** The latest request to be moved to post-paid, whatever became of it. */
  request: PostPaidRequestDto | null
  /** Whether auto top-up is set up and rests because the account is post-paid. */
  isAutoTopUpResting: boolean
}

export const contractDto = (row: ContractRow): ContractDto => ({
  contractId: row.contractId,
  creditLimit: formatMoney(row.creditLimit),
  currency: row.creditLimit.currency,
  paymentTermsDays: row.paymentTermsDays,
  collection: row.collection,
  poNumber: row.poNumber,
  startedAt: row.startedAt.toISOString(),
  endedAt: row.endedAt?.toISOString() ?? null,
})

export const operatorContractDto = (row: ContractRow): OperatorContractDto => ({
  ...contractDto(row),
  note: row.note,
  startedBy: row.startedBy,
  endedBy: row.endedBy,
})

export const postPaidRequestDto = (row: PostPaidRequestRow): PostPaidRequestDto => ({
  requestId: row.requestId,
  expectedMonthly: formatMoney(row.expectedMonthly),
  currency: row.expectedMonthly.currency,
  note: row.note,
  state: row.state,
  askedByName: row.askedByName,
  createdAt: row.createdAt.toISOString(),
  decidedAt: row.decidedAt?.toISOString() ?? null,
  decisionNote: row.decisionNote,
})
