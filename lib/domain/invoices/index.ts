/** Invoices: what a post-paid account is asked to pay at the turn of its billing month (PRODUCT "Post-paid"). */
export { creditInvoices, runCreditNote } from './credit-notes'
export type { InvoiceCreditNoteDto, InvoiceDetailDto, InvoiceDto, InvoiceLineDto } from './dto'
export { getInvoice, getInvoiceForOperator, listInvoices, listInvoicesForOperator } from './list-invoices'
export { type BillableContract, type Billed, closePeriods, makeFinalInvoice } from './make-invoice'
export { runInvoice } from './run-invoice'
export { followInvoice, settleInvoice } from './settle-invoice'
export { findInvoiceAtStripe, readAskedFor, readAskingTimes } from './store'
export { sweepInvoices } from './sweep-invoices'
