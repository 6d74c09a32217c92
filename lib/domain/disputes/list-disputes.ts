import type { Actor } from '@/lib/core/actor'
import { type Money, sum } from '@/lib/core/money'
import { pool, type Tx } from '@/lib/edges/db'
import { requireRole } from '../members'
import { type DisputeDto, disputeDto } from './dto'
import { readDisputes } from './store'

/** The account's disputes (of one purchase, when it is named), newest first. Stripe is not asked. */
export async function listDisputes(
  actor: Actor,
  { accountId, purchaseId }: { accountId: string; purchaseId?: string },
): Promise<DisputeDto[]> {
  await requireRole(actor, accountId, 'account:read')
  return (await readDisputes(pool(), accountId, purchaseId)).reverse().map(disputeDto)
}

/** The credit that waits for a bank's decision, over all disputes of the account. */
export async function frozenCredit(tx: Tx, accountId: string, currency: string): Promise<Money> {
  const disputes = await readDisputes(tx, accountId)
  return sum(
    disputes.map(({ frozen }) => frozen),
    currency,
  )
}
