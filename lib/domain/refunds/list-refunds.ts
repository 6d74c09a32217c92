import type { Actor } from '@/lib/core/actor'
import { Refusal } from '@/lib/core/errors'
import { pool } from '@/lib/edges/db'
import { requireOperator, requireRole } from '../members'
import { type RefundDto, refundDto } from './dto'
import { findPaidPurchase, readRefunds } from './store'

interface Wanted {
  accountId: string
  purchaseId?: string
}

/** The account's refunds (of one purchase, when it is named), newest first. Stripe is not asked. @throws Refusal `not_found` */
export async function listRefunds(actor: Actor, { accountId, purchaseId }: Wanted): Promise<RefundDto[]> {
  await requireRole(actor, accountId, 'account:read')
  return newestFirst(accountId, purchaseId)
}

/** The same for the platform's staff, of any account. */
export async function listRefundsAsOperator(actor: Actor, { accountId, purchaseId }: Wanted): Promise<RefundDto[]> {
  await requireOperator(actor, 'operator:read')
  return newestFirst(accountId, purchaseId)
}

async function newestFirst(accountId: string, purchaseId: string | undefined): Promise<RefundDto[]> {
  if (purchaseId && !(await findPaidPurchase(pool(), accountId, purchaseId))) {
    throw new Refusal('not_found', { message: 'There is nothing here, or it is not yours to see.' })
  }
  return (await readRefunds(pool(), accountId, purchaseId)).reverse().map(refundDto)
}
