import type { Actor } from '@/lib/core/actor'
import { pool } from '@/lib/edges/db'
import { requireOperator, requireRole } from '../members'
import { type RefundDto, refundDto } from './dto'
import { readRefunds } from './store'

interface Wanted {
  accountId: string
  purchaseId?: string
}

/** The account's refunds (of one purchase, when it is named), newest first. Stripe is not asked. */
export async function listRefunds(actor: Actor, { accountId, purchaseId }: Wanted): Promise<RefundDto[]> {
  await requireRole(actor, accountId, 'account:read')
  return newestFirst(accountId, purchaseId)
}

/** The same for the platform's staff, of any account. */
export async function listRefundsAsOperator(actor: Actor, { accountId, purchaseId }: Wanted): Promise<RefundDto[]> {
  await requireOperator(actor, 'operator:read')
  return newestFirst(accountId, purchaseId)
}

const newestFirst = async (accountId: string, purchaseId: string | undefined): Promise<RefundDto[]> =>
  (await readRefunds(pool(), accountId, purchaseId)).reverse().map(refundDto)
