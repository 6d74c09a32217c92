/** Invoices: what a post-paid account is asked to pay at the turn of its billing month (PRODUCT "Post-paid"). */
export type { InvoiceCreditNoteDto, InvoiceDetailDto, InvoiceDto, InvoiceLineDto } from './dto'
export { getInvoice, listInvoices, listInvoicesForOperator, readAskedFor, settleInvoice } from './verbs'
