import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { isId } from '@/lib/core/ids'
import { now } from '@/lib/edges/clock'
import { pool } from '@/lib/edges/db'
import { requireOperator, requireRole } from '../members'
import { creditNoteDto, type InvoiceDetailDto, type InvoiceDto, invoiceDto, invoiceLineDto, moneyBackDto } from './dto'
import { findInvoice, readInvoices, readLines, readMoneyBack, readNotes, readPaymentSeq } from './store'

const mostListed = 200

/** The account's invoices, newest first, at most 200. Empty for an account that was never post-paid. */
export async function listInvoices(actor: Actor, { accountId }: { accountId: string }): Promise<InvoiceDto[]> {
  await requireRole(actor, accountId, 'account:read')
  return list(accountId)
}

/** The invoices of an account as operators see them. @throws Refusal `not_found`, `not_allowed` */
export async function listInvoicesForOperator(
  actor: Actor,
  { accountId }: { accountId: string },
): Promise<InvoiceDto[]> {
  await requireOperator(actor, 'operator:read')
  if (!isId(accountId)) throw notFound()
  return list(accountId)
}

async function list(accountId: string): Promise<InvoiceDto[]> {
  const at = await now()
  return (await readInvoices(pool(), accountId, mostListed)).map((row) => invoiceDto(row, at))
}

/** One invoice with its lines, each of which leads to its usage. @throws Refusal `not_found` */
export async function getInvoice(
  actor: Actor,
  { accountId, invoiceId }: { accountId: string; invoiceId: string },
): Promise<InvoiceDetailDto> {
  await requireRole(actor, accountId, 'account:read')
  return get(accountId, invoiceId)
}

/** The same for operators. @throws Refusal `not_found`, `not_allowed` */
export async function getInvoiceForOperator(
  actor: Actor,
  { accountId, invoiceId }: { accountId: string; invoiceId: string },
): Promise<InvoiceDetailDto> {
  await requireOperator(actor, 'operator:read')
  if (!isId(accountId)) throw notFound()
  return get(accountId, invoiceId)
}

async function get(accountId: string, invoiceId: string): Promise<InvoiceDetailDto> {
  const at = await now()
  const invoice = isId(invoiceId) ? await findInvoice(pool(), accountId, invoiceId) : null
  if (!invoice) throw notFound()
  const [lines, notes, paymentSeq, moneyBack] = await Promise.all([
    readLines(pool(), accountId, invoiceId),
    readNotes(pool(), accountId, invoiceId),
    readPaymentSeq(pool(), accountId, invoiceId),
    readMoneyBack(pool(), accountId, invoiceId),
  ])
  return {
    ...invoiceDto(invoice, at),
    lines: lines.map((line) => invoiceLineDto(invoice, line)),
    creditNotes: notes.map((note) => creditNoteDto(invoice, note)),
    paymentSeq: paymentSeq === null ? null : String(paymentSeq),
    moneyBack: moneyBack.map((row) => moneyBackDto(invoice, row)),
  }
}

const notFound = () => new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
